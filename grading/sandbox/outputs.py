"""Outputs of cells as they come from a student's process: taken over only as far as they have nbformat's form."""

from nbformat import NotebookNode

from attention_lib.assignment.notebook_file import encodable, new_output

_MOST_OUTPUTS = 1000


def checked_outputs(given: object) -> list[NotebookNode]:
    """The outputs that are well formed, in order. Texts are made encodable; unknown entries are dropped."""
    if not isinstance(given, list):
        return []
    return [output for item in given[-_MOST_OUTPUTS:] if isinstance(item, dict) and (output := _checked(item))]


def _checked(item: dict) -> NotebookNode | None:
    match item:
        case {"output_type": "stream", "name": ("stdout" | "stderr") as name, "text": str(text)}:
            return new_output("stream", name=name, text=encodable(text))
        case {
            "output_type": ("display_data" | "execute_result") as kind,
            "data": dict(data),
            "metadata": dict(metadata),
        }:
            more = {"execution_count": None} if kind == "execute_result" else {}
            return new_output(kind, data=_texts(data), metadata=_texts(metadata), **more)
        case {"output_type": "error", "ename": str(name), "evalue": str(text), "traceback": list(lines)}:
            lines = [encodable(line) for line in lines if isinstance(line, str)]
            return new_output("error", ename=encodable(name), evalue=encodable(text), traceback=lines)
    return None


def _texts(bundle: dict) -> dict[str, str]:
    return {encodable(kind): encodable(text) for kind, text in bundle.items() if isinstance(text, str)}
