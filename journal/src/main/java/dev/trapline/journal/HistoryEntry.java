package dev.trapline.journal;

import dev.trapline.abi.Position;
import dev.trapline.abi.history.JournalRecord;

/// A record of a history with its position.
///
/// @param position the beginning of the slice it belongs to: a slice, its answer and its digests have the position of
///     the slice; an input has the position of the first slice that sees it; the end has the position of the slice that
///     would have come next
/// @param record what happened
public record HistoryEntry(Position position, JournalRecord record) {}
