"""The column's content: questions, the index they live under, topics and experts."""

from qa.models.expert import Expert
from qa.models.index import QuestionIndexPage
from qa.models.question import QuestionPage, QuestionTopic, QuestionUpdate, RelatedQuestion
from qa.models.records.binned import BinnedItem
from qa.models.records.calendar import CalendarAddress
from qa.models.records.content_version import ContentChange
from qa.models.records.gone import GoneAddress
from qa.models.records.inspection import Inspection, OutsideLink
from qa.models.records.opened_version import OpenedVersion
from qa.models.records.schedule import SchedulerHeartbeat, ScheduleTrouble, WorkerHeartbeat
from qa.models.records.search_entry import CountedSearch, SearchEntry, SearchSalt, SearchWord, VainSearch
from qa.models.records.second_factors import AuthenticatorApp, RecoveryCodes
from qa.models.records.sign_in import SignIn, Way
from qa.models.topic import Topic

__all__ = [
    "AuthenticatorApp",
    "BinnedItem",
    "CalendarAddress",
    "ContentChange",
    "CountedSearch",
    "Expert",
    "GoneAddress",
    "Inspection",
    "OpenedVersion",
    "OutsideLink",
    "QuestionIndexPage",
    "QuestionPage",
    "QuestionTopic",
    "QuestionUpdate",
    "RecoveryCodes",
    "RelatedQuestion",
    "ScheduleTrouble",
    "SchedulerHeartbeat",
    "SearchEntry",
    "SearchSalt",
    "SearchWord",
    "SignIn",
    "Topic",
    "VainSearch",
    "Way",
    "WorkerHeartbeat",
]
