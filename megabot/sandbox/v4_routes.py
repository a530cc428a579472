"""The calls of API v4 that the sandbox has as a 1.0; every one counts as a message, some for more."""

from collections.abc import Mapping

from megabot.sandbox import nodeinfo, v3_compat, v4_modlog, v4_people, v4_pictures, v4_search, v4_site
from megabot.sandbox import v4_accounts as accounts
from megabot.sandbox import v4_comments as comments
from megabot.sandbox import v4_communities as communities
from megabot.sandbox import v4_inbox as inbox
from megabot.sandbox import v4_posts as posts
from megabot.sandbox import v4_tags as tags
from megabot.sandbox.route import Route

_REGISTER = ("message", "register")

_API = {
    "GET /site": Route(v4_site.read),
    "PUT /site": Route(v4_site.edit),
    "GET /modlog": Route(v4_modlog.listed),
    "GET /search": Route(v4_search.search, ("message", "search")),
    "GET /resolve_object": Route(v4_search.resolve, ("message", "search")),
    "POST /community": Route(communities.create, _REGISTER),
    "GET /community": Route(communities.read),
    "PUT /community": Route(communities.edit),
    "DELETE /community": Route(communities.delete),
    "GET /community/list": Route(communities.listed),
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
    "GET /post/list": Route(posts.listed),
    "POST /post/remove": Route(posts.remove),
    "POST /post/lock": Route(posts.lock),
    "POST /post/feature": Route(posts.feature),
    "POST /post/like": Route(posts.like),
    "POST /admin/purge/post": Route(posts.purge),
    "POST /admin/ban": Route(v4_people.ban),
    "POST /comment": Route(comments.create, ("message", "comment")),
    "GET /comment": Route(comments.read),
    "PUT /comment": Route(comments.edit),
    "DELETE /comment": Route(comments.delete),
    "GET /comment/list": Route(comments.listed),
    "POST /comment/remove": Route(comments.remove),
    "POST /comment/distinguish": Route(comments.distinguish),
    "POST /comment/like": Route(comments.like),
    "POST /private_message": Route(inbox.send),
    "PUT /private_message": Route(inbox.edit_message),
    "GET /person": Route(v4_people.read),
    "GET /person/content": Route(v4_people.content),
    "GET /account": Route(accounts.read),
    "GET /account/validate_auth": Route(accounts.validate),
    "GET /account/unread_counts": Route(inbox.unread_counts),
    "GET /account/notification/list": Route(inbox.listed),
    "POST /account/notification/mark_as_read": Route(inbox.mark),
    "POST /account/notification/mark_as_read/all": Route(inbox.mark_all, reads_body=False),
    "PUT /account/settings/save": Route(accounts.save_settings),
    "POST /account/block/person": Route(v4_people.block),
    "POST /account/auth/register": Route(accounts.register, _REGISTER),
    "POST /account/auth/login": Route(accounts.login, _REGISTER),
    "POST /account/auth/logout": Route(accounts.logout, _REGISTER, reads_body=False),
    "POST /image": Route(v4_pictures.upload, ("message", "image"), reads_body=False),
}

ROUTES: Mapping[str, Route] = {
    **{call.replace(" /", " /api/v4/"): route for call, route in _API.items()},
    **{call.replace(" /", " /api/v3/"): route for call, route in v3_compat.ROUTES.items()},
    **nodeinfo.ROUTES,
}
