"""One repository on the Hub: what it holds, and the few things that are ever done to it."""

import sys
import warnings
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, TypeVar

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, constants
from huggingface_hub.hf_api import RepoFile
from huggingface_hub.utils.tqdm import disable_progress_bars

from curation.network.hub.errors import OFFLINE, NotThere, Offline, OtherContent
from curation.network.hub.patience import Patience, asked, go_about_it_ourselves
from curation.network.hub.told import KEPT, MAIN, Found, Kind, Remote, State
from curation.publish.inventory import INVENTORY, Inventory, read_inventory
from manifests.contract.params import Misspelt
from manifests.contract.table import BrokenTable

Given = TypeVar("Given")
Operation = CommitOperationAdd | CommitOperationDelete


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """A repository by its name; made by `repository`."""

    name: str
    kind: Kind
    api: HfApi
    patience: Patience = field(default_factory=Patience)

    def ask(self, what: Callable[[], Given]) -> Given:
        return asked(what, self.name, self.patience)

    def owners(self) -> frozenset[str]:
        """The names under which who is logged in may have repositories."""
        told = self.ask(self.api.whoami)
        return frozenset({told["name"], *(org["name"] for org in told.get("orgs", ()))})

    def state(self, revision: str = MAIN) -> State | None:
        """None where there is no such repository or revision."""
        try:
            told = self.ask(
                lambda: self.api.repo_info(self.name, repo_type=self.kind, revision=revision)
            )
        except NotThere:
            return None
        gate = str(told.gated) if told.gated else ""
        return State(str(told.sha), bool(told.private), gate)

    def tree(self, revision: str) -> dict[str, Remote]:
        """The files of a commit, without the Hub's own."""
        found = self.ask(
            lambda: list(self.api.list_repo_tree(
                self.name, recursive=True, revision=revision, repo_type=self.kind
            ))
        )  # fmt: skip
        return {
            file.path: Remote(file.size, file.lfs.sha256 if file.lfs else None, file.blob_id)
            for file in found
            if isinstance(file, RepoFile) and file.path not in KEPT
        }

    def proposals(self) -> list[Found]:
        """All pull requests, whatever became of them."""
        told = self.ask(lambda: list(self.api.get_repo_discussions(
            self.name, repo_type=self.kind, discussion_type="pull_request"
        )))  # fmt: skip
        return [Found(one.num, one.title, str(one.status)) for one in told]

    def tags(self) -> dict[str, str]:
        """Name -> commit."""
        found = self.ask(lambda: self.api.list_repo_refs(self.name, repo_type=self.kind))
        return {tag.name: tag.target_commit for tag in found.tags}

    def branches(self) -> list[str]:
        """Their names, but for main; not those that the Hub itself makes."""
        found = self.ask(lambda: self.api.list_repo_refs(self.name, repo_type=self.kind))
        return sorted(branch.name for branch in found.branches if branch.name != MAIN)

    def day(self, revision: str) -> str:
        """The day of a commit by the Hub's clock: 2026-05-01."""
        told = self.ask(lambda: self.api.list_repo_commits(
            self.name, repo_type=self.kind, revision=revision
        ))  # fmt: skip
        return told[0].created_at.date().isoformat()

    def inventory(self, revision: str) -> Inventory:
        """Its release.json. Raises `OtherContent` for one that we did not write."""
        with TemporaryDirectory() as folder:
            self.file(INVENTORY, revision, Path(folder))
            try:
                return read_inventory(Path(folder))
            except (BrokenTable, Misspelt):
                raise OtherContent(
                    f"{self.name}: its {INVENTORY} is none that `cxr release stage` wrote; name "
                    "another repository"
                ) from None

    def file(self, path: str, revision: str, folder: Path) -> None:
        """Fetch one file of a commit into `folder`, unless it is there from this commit."""
        with warnings.catch_warnings():
            # That a disk may be too small; where it is, we say so in a sentence of ours.
            warnings.simplefilter("ignore", UserWarning)
            self.ask(lambda: self.api.hf_hub_download(
                self.name, path, repo_type=self.kind, revision=revision, local_dir=folder
            ))  # fmt: skip

    def create(self) -> None:
        """Privately: nobody is to meet half a release."""
        self.ask(lambda: self.api.create_repo(
            self.name, repo_type=self.kind, private=True, exist_ok=True
        ))  # fmt: skip

    def gate(self, manner: Literal["auto", "manual", ""]) -> None:
        """Let in whom the manner says; an empty one takes the gate away."""
        self.ask(lambda: self.api.update_repo_settings(
            self.name, repo_type=self.kind, gated=manner or False
        ))  # fmt: skip

    def publish(self) -> None:
        """Let everybody see it."""
        self.ask(
            lambda: self.api.update_repo_settings(self.name, repo_type=self.kind, private=False)
        )

    def upload(self, files: Sequence[CommitOperationAdd], ref: str, *, is_proposal: bool) -> None:
        """Send the large ones among the files, but for those that were sent before."""
        self.ask(lambda: self.api.preupload_lfs_files(
            self.name, files, repo_type=self.kind, revision=ref, create_pr=is_proposal,
            free_memory=False,
        ))  # fmt: skip

    def tag(self, name: str, revision: str, message: str) -> None:
        self.ask(lambda: self.api.create_tag(
            self.name, tag=name, tag_message=message, revision=revision, repo_type=self.kind
        ))  # fmt: skip

    def untag(self, name: str) -> None:
        """Take a tag away, which may be gone already."""
        try:
            self.ask(lambda: self.api.delete_tag(self.name, tag=name, repo_type=self.kind))
        except NotThere:
            return

    def commits(self) -> int:
        """How many lie on main."""
        return len(self.ask(lambda: self.api.list_repo_commits(self.name, repo_type=self.kind)))

    def squash(self, message: str) -> None:
        """Make main one commit without a past."""
        self.ask(lambda: self.api.super_squash_history(
            self.name, commit_message=message, repo_type=self.kind
        ))  # fmt: skip

    def drop_objects(self, kept: Collection[str]) -> int:
        """Delete every LFS object for good but those of these SHA-256; gives how many went."""
        stored = self.ask(lambda: list(self.api.list_lfs_files(self.name, repo_type=self.kind)))
        gone = [file for file in stored if file.file_oid not in kept]
        self.ask(lambda: self.api.permanently_delete_lfs_files(
            self.name, gone, repo_type=self.kind
        ))  # fmt: skip
        return len(gone)


def repository(
    name: str, kind: Kind, *, endpoint: str | None = None, token: str | None = None,
    patience: Patience | None = None,
) -> Hub:  # fmt: skip
    """The repository `name`, whether or not it is there; nothing is asked yet.

    Without `endpoint` and `token` the library's own are used: HF_ENDPOINT, and who is logged in.
    Raises `Offline` where HF_HUB_OFFLINE rules the network out.
    """
    if constants.is_offline_mode():
        raise Offline(OFFLINE)
    go_about_it_ourselves()
    if not sys.stderr.isatty():
        disable_progress_bars()
    api = HfApi(endpoint=endpoint, token=token)
    return Hub(name=name, kind=kind, api=api, patience=patience or Patience())
