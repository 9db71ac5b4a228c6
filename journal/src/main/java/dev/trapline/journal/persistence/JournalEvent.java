package dev.trapline.journal.persistence;

import dev.trapline.abi.history.RecordingHeader;
import dev.trapline.journal.codec.Segment;

/// What Akka persists of a recording: first its header, then its segments in order.
public sealed interface JournalEvent {

    /// The recording begins.
    record HeaderWritten(RecordingHeader header) implements JournalEvent {}

    /// More of the history.
    record SegmentWritten(Segment segment) implements JournalEvent {}
}
