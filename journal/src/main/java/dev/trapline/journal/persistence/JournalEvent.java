package dev.trapline.journal.persistence;

import dev.trapline.journal.codec.Segment;
import dev.trapline.journal.record.RecordingHeader;

/// What Akka persists of a recording: first its header, then its segments in order.
public sealed interface JournalEvent {

    /// The recording begins.
    record HeaderWritten(RecordingHeader header) implements JournalEvent {}

    /// The history goes on.
    record SegmentWritten(Segment segment) implements JournalEvent {}
}
