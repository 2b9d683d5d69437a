"""Every error this package raises on purpose.

::

    TaskparError                     place: problem. cure
    ├── TaskFileError                a task file cannot be used as it is
    │   ├── UnreadableTaskFileError  missing, too large, not text, not parseable
    │   ├── UnknownTaskFormatError   no reader recognises it
    │   ├── InvalidTaskError         one task breaks the rules of its format
    │   ├── DuplicateTaskIdError     two tasks carry one id
    │   ├── UnknownDependencyError   a reference to a task that does not exist
    │   ├── DependencyCycleError     tasks that wait for each other
    │   └── ExecutionGroupError      groups that contradict the tasks
    ├── RepositoryError              a git repository cannot be read
    │   ├── NotARepositoryError
    │   ├── EmptyRepositoryError     no commit yet
    │   ├── UnknownRevisionError
    │   └── MissingObjectError       a shallow or partial clone lacks what is needed
    ├── MiningError                  a history cannot be mined into this store
    ├── DetectorError                a detector that is installed cannot be used
    ├── PatternError                 a glob or path that does not fit the repository
    ├── SettingsError                taskpar.toml, TASKPAR_* or an option is out of range
    ├── UnknownTaskError             a question about a task that is not in the files
    ├── SchedulingError              tasks cannot be scheduled as they are stated
    ├── AdmissionError               an attempt may not start, or is not in flight
    ├── RunError                     a run cannot go on as it is, or as it was asked to
    │   └── TargetError              the branch that it lands on is not as it has to be
    ├── ProviderError                a footprint provider gave no answer
    ├── ReplayError                  past work that cannot be replayed
    ├── EncoderError                 the sentence encoder that is asked for cannot be had
    ├── ModelError                   a model cannot learn, or be used
    │   ├── EvaluationError          cannot be judged by what is known
    │   └── ModelFileError           its files are not those that were saved, or of another version
    ├── StoreError                   the history store cannot do what it was asked for
    │   ├── UnusableStoreError       cannot be opened, read or written
    │   ├── StoreVersionError        its tables are older or newer than this version
    │   ├── UnknownHistoryError      it holds no repository of that name
    │   ├── UnknownLandingError      it holds no such landing or commit
    │   ├── ContradictionError       what is added is stored already, but otherwise
    │   └── StoreExportError         exported files cannot be read back
    └── OutputError                  a result cannot be written where it was asked for
"""

from __future__ import annotations


class TaskparError(Exception):
    """An error with a place, a problem and a cure.

    Parameters
    ----------
    place
        Where: a file with line and column, a task, an option, a revision.
    problem
        What is wrong: the name, the rule and the value received.
    cure
        What to do about it.

    Examples
    --------
    >>> print(TaskparError("tasks.json: task 7", "depends_on 12 does not exist.", "Known: 1-11."))
    tasks.json: task 7: depends_on 12 does not exist. Known: 1-11.
    """

    def __init__(self, place: str, problem: str, cure: str) -> None:
        super().__init__(place, problem, cure)
        self.place = place
        self.problem = problem
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.place}: {self.problem} {self.cure}"


class TaskFileError(TaskparError):
    """A task file cannot be used as it is."""


class UnreadableTaskFileError(TaskFileError):
    """The file is missing, too large, not UTF-8, or not parseable."""


class UnknownTaskFormatError(TaskFileError):
    """No reader recognises the file."""


class InvalidTaskError(TaskFileError):
    """One task breaks the rules of its format."""


class DuplicateTaskIdError(TaskFileError):
    """Two tasks carry one id."""


class UnknownDependencyError(TaskFileError):
    """A field names a task that does not exist."""


class DependencyCycleError(TaskFileError):
    """Tasks wait for each other, so none can start."""


class ExecutionGroupError(TaskFileError):
    """Execution groups contradict the tasks or each other."""


class RepositoryError(TaskparError):
    """A git repository cannot be read."""


class NotARepositoryError(RepositoryError):
    """There is no git repository at the path."""


class EmptyRepositoryError(RepositoryError):
    """The repository has no commit yet."""


class UnknownRevisionError(RepositoryError):
    """The revision names no commit of this repository."""


class MissingObjectError(RepositoryError):
    """An object is absent, as in a shallow or partial clone."""


class MiningError(TaskparError):
    """A history cannot be mined into this store."""


class DetectorError(TaskparError):
    """A detector that another package registers cannot be used."""


class PatternError(TaskparError):
    """A glob or path does not fit the repository."""


class SettingsError(TaskparError):
    """A setting, an environment variable or an option is out of range."""


class UnknownTaskError(TaskparError):
    """A question names a task that is not in the files."""


class SchedulingError(TaskparError):
    """Lengths, order or pairs of tasks to be scheduled are wrong or contradict each other."""


class AdmissionError(TaskparError):
    """An attempt may not start, or is not in flight."""


class RunError(TaskparError):
    """A run cannot go on as it is, or as it was asked to."""


class TargetError(RunError):
    """The branch that a run lands on cannot be moved, or was moved by somebody."""


class ProviderError(TaskparError):
    """A footprint provider gave no answer that can be used."""


class ReplayError(TaskparError):
    """Past work cannot be replayed as asked for."""


class EncoderError(TaskparError):
    """The sentence encoder that is asked for cannot be had."""


class ModelError(TaskparError):
    """A model cannot learn from what it is given, or cannot be used."""


class EvaluationError(ModelError):
    """What is known does not suffice to judge a model, or would be counted twice."""


class ModelFileError(ModelError):
    """Files of a model are missing, were changed, or belong to another version."""


class StoreError(TaskparError):
    """The history store cannot do what it was asked for."""


class UnusableStoreError(StoreError):
    """The store cannot be opened, read or written."""


class StoreVersionError(StoreError):
    """The tables of the store are older or newer than those that this version knows."""


class UnknownHistoryError(StoreError):
    """The store holds no repository of that name."""


class UnknownLandingError(StoreError):
    """The store holds no such landing, or no landing with such a commit."""


class ContradictionError(StoreError):
    """Something is to be added that is stored already, but otherwise."""


class StoreExportError(StoreError):
    """Files are no export of a store, or not a whole one."""


class OutputError(TaskparError):
    """A result cannot be written where it was asked for."""
