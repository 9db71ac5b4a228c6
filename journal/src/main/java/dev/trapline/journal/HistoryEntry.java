package dev.trapline.journal;

import dev.trapline.abi.Position;
import dev.trapline.abi.history.JournalRecord;

/// A record of a history with its place in it.
///
/// @param position the beginning of the slice it belongs to: the slice itself, its answer and its digests have that
///     slice's; an input has that of the slice that is the first to see it; the end has that of the slice that would
///     have come next
/// @param record what happened
public record HistoryEntry(Position position, JournalRecord record) {}
