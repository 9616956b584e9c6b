"""`cxr enhance`: what each enhancement does to a film, to look at."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from manifests.contract.images import Pixels


def enhance(
    film: Annotated[Path, typer.Argument(metavar="FILM", help="PNG, JPEG, WebP, TIFF or DICOM.")],
    out: Annotated[Path, typer.Option(metavar="SHEET.png", help="Where the sheet is written.")],
    base: Annotated[
        Path | None,
        typer.Option(metavar="FILM", help="Also match the film's histogram to this one's."),
    ] = None,
) -> None:
    """Draw a film in every enhancement, each over its histogram: one PNG to look at.

    Histogram equalisation (HE), rank in a disk (AHE), contrast-limited equalisation (CLAHE) and
    BEASF, which the paper chose; then BEASF at five slopes, so that you see what `beasf_gamma` in
    params.yaml turns. With --base the film is also given the grey levels of another, as recipes
    with a `base` do. The film is squeezed to 320 x 320 and is not changed itself.

    Exit codes: 0 done; 1 a file is no readable picture; 2 a file is not there, or the sheet would
    take the place of a film or a folder.
    """
    from curation.pages.enhanced import sheet
    from manifests.contract.folder import whole_file

    _check_place(out, film, base)
    pictures = [_decoded(place) for place in (film, base) if place is not None]
    with whole_file(out) as part:
        part.write_bytes(sheet(*pictures))
    typer.echo(f"{out}: written")


def _check_place(out: Path, film: Path, base: Path | None) -> None:
    """End with exit code 2 where the sheet must not be written."""
    if out.is_dir() or out.suffix.lower() != ".png":
        typer.echo(f"{out}: is no name for a sheet; name a file that ends in .png", err=True)
        raise typer.Exit(2)
    if any(place is not None and out.resolve() == place.resolve() for place in (film, base)):
        typer.echo(f"{out}: is a film that you named; write the sheet elsewhere", err=True)
        raise typer.Exit(2)


def _decoded(place: Path) -> "Pixels":
    from manifests.contract.images import decode
    from manifests.contract.rejection import Rejected

    try:
        return decode(place.read_bytes(), str(place)).pixels
    except FileNotFoundError:
        typer.echo(f"{place}: is not there; name a picture", err=True)
        raise typer.Exit(2) from None
    except OSError as fault:
        typer.echo(f"{place}: cannot be read ({fault.strerror}); name a picture", err=True)
        raise typer.Exit(2) from None
    except Rejected as verdict:
        typer.echo(verdict.detail, err=True)
        raise typer.Exit(1) from None
