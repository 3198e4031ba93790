"""Parts of the paths of this room, and what is answered when there can be no such thing."""

from typing import Annotated
from uuid import UUID

from runtime.web import PathPart
from vocabulary.ids import AccountId, CallId, ContactId, EntryCode, MatterId, entry_code

OfContact = Annotated[ContactId, PathPart(missing="没有这次来电")]
OfCall = Annotated[CallId, PathPart(missing="没有这通电话")]
OfMatter = Annotated[MatterId, PathPart(missing="没有这件诉求")]
OfAccount = Annotated[AccountId, PathPart(missing="没有这个账号")]
OfSession = Annotated[UUID, PathPart(missing="没有这个会话")]
OfEntry = Annotated[EntryCode, PathPart(missing="知识库中没有条目{text}", read=entry_code)]
