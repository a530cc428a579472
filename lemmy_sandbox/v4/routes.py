"""The calls of API v4 on a 1.0 server. Every call counts as a message, some also for another rate limit."""

from collections.abc import Mapping

from lemmy_sandbox.calls import accounts, comments, communities, pictures, posts, site
from lemmy_sandbox.calls.call import Endpoint, Route, endpoints
from lemmy_sandbox.v4 import accounts as v4_accounts
from lemmy_sandbox.v4 import lists, tags, v3_compat, views
from lemmy_sandbox.v4 import site as v4_site

_REGISTER = ("message", "register")

_API = {
    "GET /site": Route(v4_site.read),
    "PUT /site": Route(v4_site.edit),
    "GET /modlog": Route(lists.list_modlog),
    "GET /search": Route(lists.search, ("message", "search")),
    "GET /resolve_object": Route(lists.resolve, ("message", "search")),
    "POST /community": Route(communities.create, _REGISTER),
    "GET /community": Route(communities.read),
    "PUT /community": Route(communities.edit),
    "DELETE /community": Route(communities.delete),
    "GET /community/list": Route(lists.list_communities),
    "POST /community/follow": Route(communities.follow),
    "POST /community/remove": Route(communities.remove),
    "POST /community/ban_user": Route(communities.ban),
    "POST /community/mod": Route(communities.set_moderator),
    "POST /community/tag": Route(tags.create),
    "PUT /community/tag": Route(tags.edit),
    "DELETE /community/tag": Route(tags.delete),
    "POST /post": Route(posts.create, ("message", "post")),
    "GET /post": Route(posts.read),
    "PUT /post": Route(posts.edit),
    "DELETE /post": Route(posts.delete),
    "GET /post/list": Route(lists.list_posts),
    "POST /post/remove": Route(posts.remove),
    "POST /post/lock": Route(posts.lock),
    "POST /post/feature": Route(posts.feature),
    "POST /post/like": Route(posts.like),
    "POST /admin/purge/post": Route(posts.purge),
    "POST /admin/ban": Route(accounts.ban),
    "POST /comment": Route(comments.create, ("message", "comment")),
    "GET /comment": Route(comments.read),
    "PUT /comment": Route(comments.edit),
    "DELETE /comment": Route(comments.delete),
    "GET /comment/list": Route(lists.list_comments),
    "POST /comment/remove": Route(comments.remove),
    "POST /comment/distinguish": Route(comments.distinguish),
    "POST /comment/like": Route(comments.like),
    "POST /private_message": Route(accounts.send_message),
    "PUT /private_message": Route(accounts.edit_message),
    "GET /person": Route(v4_accounts.read_person),
    "GET /person/content": Route(v4_accounts.person_content),
    "GET /account": Route(v4_accounts.read),
    "GET /account/validate_auth": Route(v4_accounts.validate),
    "GET /account/unread_counts": Route(v4_accounts.unread_counts),
    "GET /account/notification/list": Route(v4_accounts.list_notifications),
    "POST /account/notification/mark_as_read": Route(v4_accounts.mark),
    "POST /account/notification/mark_as_read/all": Route(v4_accounts.mark_all, reads_body=False),
    "PUT /account/settings/save": Route(v4_accounts.save_settings),
    "POST /account/block/person": Route(accounts.block),
    "POST /account/auth/register": Route(accounts.register, _REGISTER),
    "POST /account/auth/login": Route(accounts.login, _REGISTER),
    # Signing out draws on the limit for sign-ins, too (lemmy-api 1.3).
    "POST /account/auth/logout": Route(accounts.logout, _REGISTER, reads_body=False),
    "POST /image": Route(pictures.upload_v4, ("message", "image"), reads_body=False),
}

ENDPOINTS: Mapping[str, Endpoint] = {
    **endpoints(_API, "/api/v4", views),
    **endpoints(v3_compat.ROUTES, "/api/v3", v3_compat),
    **endpoints(site.NODEINFO_ROUTES, "", views),
}
