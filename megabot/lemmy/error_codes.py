"""Lemmy's error codes in words, and what each one proves. Holds tables only.

`REFUSALS` are the codes that both generations of servers give before they change anything (lemmy-api 1 and
2.3; tests/recordings). A code that is not listed proves nothing about a write: `couldnt_like_post` on 0.19
and `tag_not_in_community` on 1.0, for two, come after the post was inserted, and `couldnt_create` is what 1.0
says to whatever its database refused, before or after.
"""

import re

LIMITED = frozenset({"rate_limit_error", "too_many_requests"})

TOKEN = frozenset({"incorrect_login", "not_logged_in", "instance_is_private"})
"""On a call other than the sign-in: the token is not taken. A private server tells a stranger so."""

STARTING = "Lemmy is currently starting"

COLLISION = "login_token_pkey"
"""In the message of a sign-in that came in the same second as another one (recorded: 011)."""

REMOTE_AWAY = re.compile(rb"error sending request for url \(https?://([\w.:-]{1,253})/")
"""In the message of a 1.0 that asked another server in vain; the code is `unknown` (recorded: 033)."""

NOT_FOUND = "not_found"
"""What 1.0 says of everything that is not there."""

MISSING = {
    "couldnt_find_community": "The community does not exist, or is not shown to the bot's account.",
    "couldnt_find_post": "The post does not exist, or is not shown to the bot's account.",
    "couldnt_find_comment": "The comment does not exist, or is not shown to the bot's account.",
    "couldnt_find_comment_reply": "The reply is not in the bot's inbox (any more).",
    "couldnt_find_person": "The account does not exist.",
    "couldnt_find_person_mention": "The mention is not in the bot's inbox (any more).",
    "couldnt_find_private_message": "The message is not in the bot's inbox (any more).",
    "couldnt_find_object": "Nothing was found at that address.",
    NOT_FOUND: "What was asked for does not exist, or is not shown to the bot's account.",
    "resolve_object_failed": "Nothing was found at that address.",
}

REFUSALS = MISSING | {
    "alt_text_length_overflow": "The alternative text is longer than 1,500 characters.",
    "banned_from_community": "The bot's account is banned from the community.",
    "blocked_url": "The text or the link names an address that the server blocks.",
    "deleted": "The community or the post is deleted or removed.",
    "honeypot_failed": "The server took the bot for a spammer (honeypot).",
    "image_upload_disabled": "The server takes no images.",
    "invalid_body_field": "The text is too long for the server.",
    "invalid_post_title": "A title must have 3 to 200 characters and no line break.",
    "invalid_url": "The link is not an address that the server accepts.",
    "invalid_url_scheme": "The link is not an http, https or magnet address.",
    "language_not_allowed": "The community does not allow the post's language; choose another `language`.",
    "locked": "The post is locked.",
    "max_comment_depth_reached": "The comment stands too deep in the tree to be answered.",
    "no_comment_edit_allowed": "Only a comment's own author may change it.",
    "no_post_edit_allowed": "Only a post's own author may change it.",
    "not_a_moderator": "Only moderators may post in the community; appoint the bot there.",
    "not_a_mod_or_admin": "The bot's account is not a moderator of the community; appoint it there.",
    "not_an_admin": "Only an admin of the server may pin to the front page; use `pin: community`.",
    "nsfw_not_allowed": "The server takes no posts that are marked nsfw; set `nsfw: false`.",
    "only_mods_can_post_in_community": "Only moderators may post in the community; appoint the bot there.",
    "person_is_banned_from_community": "The bot's account is banned from the community.",
    "person_is_blocked": "The person does not want messages from the bot's account.",
    "pictrs_invalid_image_upload": "The server cannot read the image, or its image service is not there.",
    "plugin_error": "A plugin of the server refuses it; ask its admins.",
    "site_ban": "The bot's account is banned from the server.",
    "slurs": "The title holds a word that the server's filter refuses.",
    "url_length_overflow": "The link or the thumbnail's address is longer than 2,000 characters.",
}

SIGN_IN = {
    "incorrect_login": "Wrong user name or password; correct them.",
    "missing_totp_token": (
        "The account has two-factor sign-in; set MEGABOT_TOTP_SECRET or run `megabot login`."
    ),
    "incorrect_totp_token": (
        "The server refused the two-factor code; check MEGABOT_TOTP_SECRET and this machine's clock."
    ),
    "email_not_verified": (
        "The account's e-mail address is not verified; open the server's link, then run `megabot login`."
    ),
    "registration_application_is_pending": (
        "The account waits for an admin's approval; when it has it, run `megabot login`."
    ),
    "registration_denied": "The admins turned down the account's application; ask them.",
    "couldnt_find_registration_application": (
        "The server has no application for the account; sign in on its website, then run `megabot login`."
    ),
    "deleted": "The account is deleted; use another one.",
    "site_ban": "The account is banned from the server; ask its admins.",
}
"""Why a sign-in is refused until a person does something."""
