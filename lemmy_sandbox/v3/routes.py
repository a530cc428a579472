"""The calls of API v3 on a 0.19 server, with their rate limits."""

from collections.abc import Mapping
from http import HTTPStatus

from lemmy_sandbox.calls import accounts, comments, communities, pictures, posts, search, site
from lemmy_sandbox.calls.call import Endpoint, Route, endpoints
from lemmy_sandbox.v3 import accounts as v3_accounts
from lemmy_sandbox.v3 import lists, views
from lemmy_sandbox.v3 import site as v3_site

_API = {
    "GET /site": Route(v3_site.read),
    "PUT /site": Route(v3_site.edit),
    "GET /modlog": Route(lists.list_modlog),
    "GET /search": Route(lists.search, ("search",)),
    "GET /resolve_object": Route(search.resolve),
    "POST /community": Route(communities.create, ("register",)),
    "GET /community": Route(communities.read),
    "PUT /community": Route(communities.edit),
    "GET /community/list": Route(lists.list_communities),
    "POST /community/follow": Route(communities.follow),
    "POST /community/delete": Route(communities.delete),
    "POST /community/remove": Route(communities.remove),
    "POST /community/ban_user": Route(communities.ban),
    "POST /community/mod": Route(communities.set_moderator),
    "POST /post": Route(posts.create, ("post",)),
    "GET /post": Route(posts.read),
    "PUT /post": Route(posts.edit),
    "GET /post/list": Route(lists.list_posts),
    "POST /post/delete": Route(posts.delete),
    "POST /post/remove": Route(posts.remove),
    "POST /post/lock": Route(posts.lock),
    "POST /post/feature": Route(posts.feature),
    "POST /post/like": Route(posts.like),
    "POST /admin/purge/post": Route(posts.purge),
    "POST /comment": Route(comments.create, ("comment",)),
    "GET /comment": Route(comments.read),
    "PUT /comment": Route(comments.edit),
    "GET /comment/list": Route(lists.list_comments),
    "POST /comment/delete": Route(comments.delete),
    "POST /comment/remove": Route(comments.remove),
    "POST /comment/distinguish": Route(comments.distinguish),
    "POST /comment/like": Route(comments.like),
    "POST /comment/mark_as_read": Route(v3_accounts.mark_reply),
    "POST /private_message": Route(accounts.send_message),
    "PUT /private_message": Route(accounts.edit_message),
    "GET /private_message/list": Route(v3_accounts.messages),
    "POST /private_message/mark_as_read": Route(v3_accounts.mark_message),
    "POST /user/register": Route(accounts.register, ("register",)),
    "POST /user/login": Route(accounts.login, ("register",)),
    "POST /user/logout": Route(accounts.logout, reads_body=False),
    "GET /user": Route(v3_accounts.profile),
    "GET /user/validate_auth": Route(v3_accounts.validate),
    "PUT /user/save_user_settings": Route(v3_accounts.save_settings),
    "PUT /user/change_password": Route(v3_accounts.change_password),
    "POST /user/ban": Route(accounts.ban),
    "POST /user/block": Route(accounts.block),
    "GET /user/mention": Route(v3_accounts.mentions),
    "POST /user/mention/mark_as_read": Route(v3_accounts.mark_mention),
    "GET /user/replies": Route(v3_accounts.replies),
    "POST /user/mark_all_as_read": Route(v3_accounts.mark_all, reads_body=False),
    "GET /user/unread_count": Route(v3_accounts.unread_count),
}
_UPLOAD = Route(pictures.upload, ("image",), reads_body=False, status=HTTPStatus.CREATED)

ENDPOINTS: Mapping[str, Endpoint] = {
    **endpoints(_API, "/api/v3", views),
    **endpoints({**site.NODEINFO_ROUTES, "POST /pictrs/image": _UPLOAD}, "", views),
}
