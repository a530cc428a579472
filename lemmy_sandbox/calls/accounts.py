"""The calls about accounts and messages that v3 and v4 share; the rules are in `accounts` and `inbox`."""

from lemmy_sandbox.calls.call import Call
from lemmy_sandbox.calls.fields import Json
from lemmy_sandbox.records import PrivateMessage
from lemmy_sandbox.rules import accounts, inbox


def login(call: Call) -> Json:
    """POST /user/login, or /account/auth/login of v4."""
    name, password = call.fields.text("username_or_email"), call.fields.text("password")
    code = call.fields.text_or_none("totp_2fa_token")
    stays = call.world.is_lemmy_1 and bool(call.fields.flag_or_none("stay_logged_in"))
    return token_answer(accounts.login(call.world, name, password, code, stays=stays))


def register(call: Call) -> Json:
    """POST /user/register, or /account/auth/register of v4."""
    name, password = call.fields.text("username"), call.fields.text("password")
    return token_answer(accounts.register(call.world, name, password, call.fields.text("password_verify")))


def logout(call: Call) -> Json:
    """POST /user/logout, or /account/auth/logout of v4."""
    call.person()
    accounts.logout(call.world, call.token or "")
    return {"success": True}


def save_settings(call: Call, sort: str | None, listing_type: str | None) -> Json:
    """Change the settings that were sent; `sort` and `listing_type` are in v3's spelling."""
    fields = call.fields
    settings: Json = {
        **{
            name: fields.flag_or_none(name)
            for name in ("show_nsfw", "show_bot_accounts", "show_read_posts", "private_messages_enabled")
        },
        "default_sort_type": sort,
        "default_listing_type": listing_type,
        "default_post_time_range_seconds": fields.number_or_none("default_post_time_range_seconds"),
    }
    accounts.save_settings(
        call.world,
        call.person(),
        settings,
        bot_account=fields.flag_or_none("bot_account"),
        display_name=fields.text_or_none("display_name"),
        languages=fields.numbers_or_none("discussion_languages"),
    )
    return {"success": True}


def ban(call: Call) -> Json:
    """POST /user/ban, or /admin/ban of v4."""
    person_id, is_ban, reason = call.fields.number("person_id"), call.fields.flag("ban"), call.reason()
    person = accounts.ban_from_site(call.world, call.person(), person_id, ban=is_ban, reason=reason)
    view = call.views.person_view(call.world, person, call.caller)
    return {"person_view": view} | ({} if call.world.is_lemmy_1 else {"banned": is_ban})


def block(call: Call) -> Json:
    """POST /user/block, or /account/block/person of v4."""
    person_id, is_block = call.fields.number("person_id"), call.fields.flag("block")
    target = inbox.block(call.world, call.person(), person_id, block=is_block)
    view = call.views.person_view(call.world, target, call.caller)
    return {"person_view": view} | ({} if call.world.is_lemmy_1 else {"blocked": is_block})


def send_message(call: Call) -> Json:
    """POST /private_message."""
    content, recipient_id = call.fields.text("content"), call.fields.number("recipient_id")
    return message_answer(call, inbox.send(call.world, call.person(), recipient_id, content))


def edit_message(call: Call) -> Json:
    """PUT /private_message."""
    number, content = call.fields.number("private_message_id"), call.fields.text("content")
    return message_answer(call, inbox.edit(call.world, call.person(), number, content))


def message_answer(call: Call, message: PrivateMessage) -> Json:
    """Return the answer to the person who wrote, changed or marked a message."""
    return {"private_message_view": call.views.message_view(call.world, message)}


def token_answer(token: str) -> Json:
    """Return the answer with a new token."""
    return {"jwt": token, "registration_created": False, "verify_email_sent": False}
