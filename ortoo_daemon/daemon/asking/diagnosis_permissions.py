"""`doctor --permissions`: what is the daemon's user allowed, beside what the files in use need?"""

from pathlib import Path

from ortoo_daemon.daemon.asking.login import logged_in
from ortoo_daemon.daemon.asking.permissions_compared import (
    DESCRIPTION,
    LABEL,
    Compared,
    compared,
)
from ortoo_daemon.daemon.loading.policy_files import load_policies, read_directory_mapping
from ortoo_daemon.daemon.noticing.assembling import load_templates
from ortoo_daemon.daemon.settings import load_settings
from ortoo_daemon.salesforce.permission_set_file import permission_set_xml


async def diagnose_permissions(config: Path) -> Compared:
    """Raises ConfigError, LoginError and OrgError."""
    settings = load_settings(config)
    mapping = read_directory_mapping(settings.path(settings.directory))
    policies = load_policies(settings, mapping)
    templates = load_templates(settings)
    async with logged_in(settings) as org:
        return await compared(
            org, settings, policies=policies, mapping=mapping, templates=templates
        )


def least_permission_set(found: Compared) -> str:
    """The metadata of a permission set with just what is needed."""
    return permission_set_xml(found.needed.permissions, label=LABEL, description=DESCRIPTION)
