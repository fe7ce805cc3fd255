"""What the Reconciliation Service API answers, in both versions, as models for its description."""

from pydantic import BaseModel, ConfigDict, Field


class Identified(BaseModel):
    """A class, a property or an entity by its identifier."""

    id: str
    name: str


class Suggestion(Identified):
    """Something that is called like the prefix."""

    description: str
    notable: list[Identified] = Field([], description="The classes of an entity.")


class Suggestions(BaseModel):
    """What is called like the prefix, the best first."""

    result: list[Suggestion]


class Proposal(BaseModel):
    """Properties that members of a class have."""

    type: str
    limit: int
    properties: list[Identified]


class Feature(BaseModel):
    """A visible reason for the score of a candidate; its name is in version 1.0 alone."""

    id: str
    name: str = ""
    value: float


class Candidate(Identified):
    """An entity that the query may mean."""

    description: str
    score: float
    match: bool = Field(description="Whether it may be taken without asking a person.")
    type: list[Identified]
    features: list[Feature]


class Candidates(BaseModel):
    """Those for one query of a batch of version 0.2."""

    result: list[Candidate]


class CandidatesOfQuery(BaseModel):
    """Those for one query of a batch of version 1.0."""

    candidates: list[Candidate]


class Matches(BaseModel):
    """The candidates for each query, in the order of the queries."""

    results: list[CandidatesOfQuery]


class PropertyValue(BaseModel):
    """A value of a property: an entity by `id` and `name`, or else one of the others."""

    id: str = ""
    name: str = ""
    whole: int = Field(0, alias="int")
    number: float = Field(0.0, alias="float")
    date: str = ""
    text: str = Field("", alias="str")


class Extended(BaseModel):
    """Values by entity and property, as version 0.2 has them."""

    meta: list[Identified]
    rows: dict[str, dict[str, list[PropertyValue]]]


class ValuesOfProperty(BaseModel):
    """The values that an entity has of a property."""

    id: str
    values: list[PropertyValue]


class RowOfExtension(BaseModel):
    """What one entity has."""

    id: str
    properties: list[ValuesOfProperty]


class RowsOfExtension(BaseModel):
    """Values by entity and property, as version 1.0 has them."""

    meta: list[Identified]
    rows: list[RowOfExtension]


class Manifest(BaseModel):
    """What the service offers; more members than these are in the specification of its version."""

    model_config = ConfigDict(extra="allow")

    name: str
    documentation: str
    versions: list[str]
    batchSize: int  # noqa: N815 the specification's name
    defaultTypes: list[Identified]  # noqa: N815
