"""The kinds of modlog row by their v4 names; pins of a community and of the front page are two kinds here."""

from megabot.sandbox.records import ModAction, ModKind

_FRONT_PAGE = "admin_feature_post_site"
_KINDS = {
    ModKind.REMOVE_POST: "mod_remove_post",
    ModKind.LOCK_POST: "mod_lock_post",
    ModKind.FEATURE_POST: "mod_feature_post_community",
    ModKind.REMOVE_COMMENT: "mod_remove_comment",
    ModKind.REMOVE_COMMUNITY: "admin_remove_community",
    ModKind.BAN_FROM_COMMUNITY: "mod_ban_from_community",
    ModKind.BAN: "admin_ban",
    ModKind.ADD_COMMUNITY: "mod_add_to_community",
    ModKind.PURGE_POST: "admin_purge_post",
}
ALL_KINDS = (
    "all", "admin_add", "admin_ban", "admin_allow_instance", "admin_block_instance", "admin_purge_comment",
    "admin_purge_community", "admin_purge_person", "admin_purge_post", "mod_add_to_community",
    "mod_ban_from_community", _FRONT_PAGE, "mod_feature_post_community", "mod_change_community_visibility",
    "mod_lock_post", "mod_remove_comment", "admin_remove_community", "mod_remove_post",
    "mod_transfer_community", "mod_lock_comment", "mod_warn_comment", "mod_warn_post",
)  # fmt: skip


def kind_of(row: ModAction) -> str:
    """Name the kind of a row."""
    if row.kind is ModKind.FEATURE_POST and not row.in_community:
        return _FRONT_PAGE
    return _KINDS[row.kind]


def is_of_the_server(row: ModAction) -> bool:
    """Tell whether the act is one of an admin that is aimed at the server as a whole."""
    return kind_of(row) in {_FRONT_PAGE, "admin_ban", "admin_remove_community"}
