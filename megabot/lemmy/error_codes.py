"""Lemmy's error codes as sentences, and what each code proves. Tables only.

`REFUSALS` are the codes that both server generations give before they change anything (lemmy-api 1 and 2.3,
recorded in tests/recordings). A code that is not listed proves nothing about a write. Examples:
`couldnt_like_post` on 0.19 and `tag_not_in_community` on 1.0 come after the post was inserted; 1.0 gives
`couldnt_create` for whatever its database refused, before or after.
"""

import re

# The codes of 0.19 and 1.0 (lemmy-api 2.4).
LIMITED = frozenset({"rate_limit_error", "too_many_requests"})

TOKEN = frozenset({"incorrect_login", "not_logged_in", "instance_is_private"})
"""The token is not valid, except on a sign-in. A private server also says so to anonymous callers."""

# The code of the 503 of a server that is starting up (lemmy-api 2.4).
STARTING = "Lemmy is currently starting"

COLLISION = "login_token_pkey"
"""In the message of a sign-in in the same second as another one (recorded: 011)."""

REMOTE_AWAY = re.compile(rb"error sending request for url \(https?://([\w.:-]{1,253})/")
"""In the message of a 1.0 server that could not reach another one; the code is `unknown` (recorded: 033)."""

NOT_FOUND = "not_found"
"""1.0's only code if anything does not exist."""

MISSING = {
    "couldnt_find_community": "The community does not exist, or is not visible to the bot's account.",
    "couldnt_find_post": "The post does not exist, or is not visible to the bot's account.",
    "couldnt_find_comment": "The comment does not exist, or is not visible to the bot's account.",
    "couldnt_find_comment_reply": "The reply is not in the bot's inbox, or no longer there.",
    "couldnt_find_person": "The account does not exist.",
    "couldnt_find_person_mention": "The mention is not in the bot's inbox, or no longer there.",
    "couldnt_find_private_message": "The message is not in the bot's inbox, or no longer there.",
    "couldnt_find_object": "There is nothing at that address.",
    NOT_FOUND: "It does not exist, or is not visible to the bot's account.",
    "resolve_object_failed": "There is nothing at that address.",
}

REFUSALS = MISSING | {
    "alt_text_length_overflow": "The alternative text is longer than 1,500 characters; shorten `alt_text`.",
    "banned_from_community": "The bot's account is banned from the community.",
    "blocked_url": "The text or the link contains an address that the server blocks; remove it.",
    "deleted": "The community or the post was deleted or removed.",
    "honeypot_failed": "The server mistook the bot for a spammer (honeypot).",
    "image_upload_disabled": "The server does not accept images.",
    "invalid_body_field": "The text is too long for the server; shorten it.",
    "invalid_post_title": "A title must have 3 to 200 characters and no line break.",
    "invalid_url": "The link is not an address that the server accepts.",
    "invalid_url_scheme": "The link is not an http, https or magnet address.",
    "language_not_allowed": "The community does not allow the post's language; choose another `language`.",
    "locked": "The post is locked.",
    "max_comment_depth_reached": "The comment is nested too deeply; it cannot get a reply.",
    "no_comment_edit_allowed": "Only the author of a comment can edit it.",
    "no_post_edit_allowed": "Only the author of a post can edit it.",
    "not_a_moderator": "Only moderators can post in the community; make the bot a moderator there.",
    "not_a_mod_or_admin": "The bot's account is not a moderator of the community; make it one.",
    "not_an_admin": "Only an admin of the server can pin to the front page; use `pin: community`.",
    "nsfw_not_allowed": "The server does not accept posts marked as nsfw; set `nsfw: false`.",
    "only_mods_can_post_in_community": (
        "Only moderators can post in the community; make the bot a moderator there."
    ),
    "person_is_banned_from_community": "The bot's account is banned from the community.",
    "person_is_blocked": "This user does not accept messages from the bot's account.",
    "pictrs_invalid_image_upload": "The server cannot read the image, or its image service is not running.",
    "plugin_error": "A plugin of the server rejected it; ask the server's admins.",
    "site_ban": "The bot's account is banned from the server.",
    "slurs": "The title contains a word that the server's filter rejects; change it.",
    "url_length_overflow": "The link or the thumbnail's address is longer than 2,000 characters.",
}

SIGN_IN = {
    "incorrect_login": "Wrong user name or password; correct them and try again.",
    "missing_totp_token": (
        "The account uses two-factor sign-in; set MEGABOT_TOTP_SECRET or run `megabot login`."
    ),
    "incorrect_totp_token": (
        "The server rejected the two-factor code; check MEGABOT_TOTP_SECRET and this machine's clock."
    ),
    "email_not_verified": (
        "The account's e-mail address is not verified; open the link in the server's e-mail, "
        "then run `megabot login`."
    ),
    "registration_application_is_pending": (
        "The account is waiting for an admin's approval; once approved, run `megabot login`."
    ),
    "registration_denied": "The server's admins rejected the account's application; ask them.",
    "couldnt_find_registration_application": (
        "The server has no application for the account; sign in on its website, then run `megabot login`."
    ),
    "deleted": "The account was deleted; use another one.",
    "site_ban": "The account is banned from the server; ask the server's admins.",
}
"""Why a sign-in is refused until someone fixes the cause."""
