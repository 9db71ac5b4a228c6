package dev.trapline.journal.persistence;

import dev.trapline.journal.codec.Segment;
import dev.trapline.journal.record.RecordingHeader;

/// What Akka persists of a recording: first its header, then its segments in order.
public sealed interface JournalEvent {

    /// The recording begins.
    record HeaderWritten(RecordingHeader header) implements JournalEvent {}

    /// More of the history.
    record SegmentWritten(Segment segment) implements JournalEvent {}
}
