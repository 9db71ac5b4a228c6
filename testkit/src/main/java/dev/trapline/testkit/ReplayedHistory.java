package dev.trapline.testkit;

import dev.trapline.abi.Position;
import dev.trapline.abi.history.DivergenceException;
import dev.trapline.abi.history.History;
import dev.trapline.abi.history.JournalRecord;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// A history with a list of records, with which a run is compared: for a replay of records that a test has made.
public final class ReplayedHistory implements History {

    private final Deque<JournalRecord> records;

    public ReplayedHistory(List<JournalRecord> records) {
        this.records = new ArrayDeque<>(records);
    }

    @Override
    public JournalRecord.@Nullable Input nextRecordedInput() {
        if (records.peek() instanceof JournalRecord.Input input) {
            records.remove();
            return input;
        }
        return null;
    }

    @Override
    public boolean isReplay() {
        return true;
    }

    @Override
    public boolean isExhausted() {
        return records.isEmpty();
    }

    /// After the end of the list nothing is checked, as if the list were a recording that was cut off.
    @Override
    public void append(JournalRecord happened) {
        JournalRecord recorded = records.poll();
        if (recorded != null && !happened.equals(recorded)) {
            throw new DivergenceException(Position.ofSlice(0), "recorded: " + recorded + "; here: " + happened);
        }
    }

    @Override
    public CompletionStage<Void> close() {
        return CompletableFuture.completedFuture(null);
    }
}
