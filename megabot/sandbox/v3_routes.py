"""The calls of API v3 that the sandbox has, and the bucket that each is counted in."""

from collections.abc import Mapping
from http import HTTPStatus

from megabot.sandbox import nodeinfo, v3_modlog, v3_pictures, v3_search, v3_site
from megabot.sandbox import v3_accounts as accounts
from megabot.sandbox import v3_comments as comments
from megabot.sandbox import v3_communities as communities
from megabot.sandbox import v3_inbox as inbox
from megabot.sandbox import v3_posts as posts
from megabot.sandbox.route import Route

_API = {
    "GET /site": Route(v3_site.read),
    "PUT /site": Route(v3_site.edit),
    "GET /modlog": Route(v3_modlog.listed),
    "GET /search": Route(v3_search.search, ("search",)),
    "GET /resolve_object": Route(v3_search.resolve),
    "POST /community": Route(communities.create, ("register",)),
    "GET /community": Route(communities.read),
    "PUT /community": Route(communities.edit),
    "GET /community/list": Route(communities.listed),
    "POST /community/follow": Route(communities.follow),
    "POST /community/delete": Route(communities.delete),
    "POST /community/remove": Route(communities.remove),
    "POST /community/ban_user": Route(communities.ban),
    "POST /community/mod": Route(communities.set_moderator),
    "POST /post": Route(posts.create, ("post",)),
    "GET /post": Route(posts.read),
    "PUT /post": Route(posts.edit),
    "GET /post/list": Route(posts.listed),
    "POST /post/delete": Route(posts.delete),
    "POST /post/remove": Route(posts.remove),
    "POST /post/lock": Route(posts.lock),
    "POST /post/feature": Route(posts.feature),
    "POST /post/like": Route(posts.like),
    "POST /admin/purge/post": Route(posts.purge),
    "POST /comment": Route(comments.create, ("comment",)),
    "GET /comment": Route(comments.read),
    "PUT /comment": Route(comments.edit),
    "GET /comment/list": Route(comments.listed),
    "POST /comment/delete": Route(comments.delete),
    "POST /comment/remove": Route(comments.remove),
    "POST /comment/distinguish": Route(comments.distinguish),
    "POST /comment/like": Route(comments.like),
    "POST /comment/mark_as_read": Route(inbox.mark_reply),
    "POST /private_message": Route(inbox.send),
    "PUT /private_message": Route(inbox.edit_message),
    "GET /private_message/list": Route(inbox.messages),
    "POST /private_message/mark_as_read": Route(inbox.mark_message),
    "POST /user/register": Route(accounts.register, ("register",)),
    "POST /user/login": Route(accounts.login, ("register",)),
    "POST /user/logout": Route(accounts.logout, reads_body=False),
    "GET /user": Route(accounts.profile),
    "GET /user/validate_auth": Route(accounts.validate),
    "PUT /user/save_user_settings": Route(accounts.save_settings),
    "PUT /user/change_password": Route(accounts.change_password),
    "POST /user/ban": Route(accounts.ban),
    "POST /user/block": Route(accounts.block),
    "GET /user/mention": Route(inbox.mentions),
    "POST /user/mention/mark_as_read": Route(inbox.mark_mention),
    "GET /user/replies": Route(inbox.replies),
    "POST /user/mark_all_as_read": Route(inbox.mark_all, reads_body=False),
    "GET /user/unread_count": Route(inbox.unread_count),
}

ROUTES: Mapping[str, Route] = {
    **{call.replace(" /", " /api/v3/"): route for call, route in _API.items()},
    **nodeinfo.ROUTES,
    "POST /pictrs/image": Route(v3_pictures.upload, ("image",), reads_body=False, status=HTTPStatus.CREATED),
}
