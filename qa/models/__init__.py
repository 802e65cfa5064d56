"""The column's content: questions, the index they live under, topics and experts."""

from qa.models.calendar import CalendarAddress
from qa.models.expert import Expert
from qa.models.gone import GoneAddress
from qa.models.index import QuestionIndexPage
from qa.models.inspection import Inspection, OutsideLink
from qa.models.question import QuestionPage, QuestionTopic, QuestionUpdate, RelatedQuestion
from qa.models.schedule import SchedulerHeartbeat, ScheduleTrouble
from qa.models.search_entry import SearchEntry, SearchWord, VainSearch
from qa.models.topic import Topic

__all__ = [
    "CalendarAddress",
    "Expert",
    "GoneAddress",
    "Inspection",
    "OutsideLink",
    "QuestionIndexPage",
    "QuestionPage",
    "QuestionTopic",
    "QuestionUpdate",
    "RelatedQuestion",
    "ScheduleTrouble",
    "SchedulerHeartbeat",
    "SearchEntry",
    "SearchWord",
    "Topic",
    "VainSearch",
]
