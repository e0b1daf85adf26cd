"""Puts the folded code of a figure below it: what the reader came for is the figure."""

from docutils import nodes


def figures_first(app, doctree, docname):
    """Moves the folded code above a figure with controls below it, that of the folded cells right before it included.

    In the notebook the cells stay as they are and run from top to bottom.
    """
    from myst_nb.sphinx_ import HideCodeCellNode

    def is_folded_only(node):
        return isinstance(node, nodes.container) and [*map(type, node.children)] == [HideCodeCellNode]

    def is_figure(node):
        return (
            isinstance(node, nodes.container)
            and node.get("nb_element") == "cell_code"
            and any('<figure class="explore' in raw.astext() for raw in node.findall(nodes.raw))
        )

    for cell in list(doctree.findall(is_figure)):
        parts = [cell] if isinstance(cell.children[0], HideCodeCellNode) else []
        before = cell.parent.index(cell) - 1
        while parts and before >= 0 and is_folded_only(cell.parent[before]):
            parts.insert(0, cell.parent[before])
            before -= 1
        if not parts:
            continue
        folds = [part.children[0] for part in parts]
        sources = [source for fold in folds for source in fold.children]
        for part in parts[:-1]:
            part.parent.remove(part)
        cell.remove(folds[-1])
        folds[-1].clear()
        folds[-1].extend(sources)
        cell.append(folds[-1])
