"""The calls of API v4 that the sandbox has as a 1.0; every one counts as a message, some for more."""

from collections.abc import Mapping

from megabot.sandbox import account_calls as accounts
from megabot.sandbox import comment_calls as comments
from megabot.sandbox import community_calls as communities
from megabot.sandbox import (
    picture_calls,
    site_calls,
    v3_compat,
    v4_accounts,
    v4_modlog,
    v4_people,
    v4_search,
    v4_site,
    v4_tags,
    v4_views,
)
from megabot.sandbox import post_calls as posts
from megabot.sandbox import v4_inbox as inbox
from megabot.sandbox import v4_lists as lists
from megabot.sandbox.call import Endpoint, Route, endpoints

_REGISTER = ("message", "register")

_API = {
    "GET /site": Route(v4_site.read),
    "PUT /site": Route(v4_site.edit),
    "GET /modlog": Route(v4_modlog.list_rows),
    "GET /search": Route(v4_search.search, ("message", "search")),
    "GET /resolve_object": Route(v4_search.resolve, ("message", "search")),
    "POST /community": Route(communities.create, _REGISTER),
    "GET /community": Route(communities.read),
    "PUT /community": Route(communities.edit),
    "DELETE /community": Route(communities.delete),
    "GET /community/list": Route(lists.list_communities),
    "POST /community/follow": Route(communities.follow),
    "POST /community/remove": Route(communities.remove),
    "POST /community/ban_user": Route(communities.ban),
    "POST /community/mod": Route(communities.set_moderator),
    "POST /community/tag": Route(v4_tags.create),
    "PUT /community/tag": Route(v4_tags.edit),
    "DELETE /community/tag": Route(v4_tags.delete),
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
    "GET /person": Route(v4_people.read),
    "GET /person/content": Route(v4_people.content),
    "GET /account": Route(v4_accounts.read),
    "GET /account/validate_auth": Route(v4_accounts.validate),
    "GET /account/unread_counts": Route(inbox.unread_counts),
    "GET /account/notification/list": Route(inbox.list_notifications),
    "POST /account/notification/mark_as_read": Route(inbox.mark),
    "POST /account/notification/mark_as_read/all": Route(inbox.mark_all, reads_body=False),
    "PUT /account/settings/save": Route(v4_accounts.save_settings),
    "POST /account/block/person": Route(accounts.block),
    "POST /account/auth/register": Route(accounts.register, _REGISTER),
    "POST /account/auth/login": Route(accounts.login, _REGISTER),
    "POST /account/auth/logout": Route(accounts.logout, _REGISTER, reads_body=False),
    "POST /image": Route(picture_calls.upload_v4, ("message", "image"), reads_body=False),
}

ENDPOINTS: Mapping[str, Endpoint] = {
    **endpoints(_API, "/api/v4", v4_views),
    **endpoints(v3_compat.ROUTES, "/api/v3", v3_compat),
    **endpoints(site_calls.NODEINFO_ROUTES, "", v4_views),
}
