package dev.trapline.testkit;

import dev.trapline.abi.Position;
import dev.trapline.abi.history.DivergenceException;
import dev.trapline.abi.history.History;
import dev.trapline.abi.history.JournalRecord;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// A history with a list of records, with which a run is compared: for a replay of records that a test has made.
public final class ReplayedHistory implements History {

    private final List<JournalRecord> records;
    private int at;

    public ReplayedHistory(List<JournalRecord> records) {
        this.records = List.copyOf(records);
    }

    /// How many records the run has passed.
    public int passed() {
        return at;
    }

    /// Goes back, or forward, to a position that [#passed] gave.
    public void goTo(int position) {
        at = position;
    }

    @Override
    public JournalRecord.@Nullable Input nextRecordedInput() {
        if (!isExhausted() && records.get(at) instanceof JournalRecord.Input input) {
            at++;
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
        return at == records.size();
    }

    /// After the end of the list nothing is checked, as if the list were a recording that was cut off.
    @Override
    public void append(JournalRecord happened) {
        if (isExhausted()) {
            return;
        }
        JournalRecord recorded = records.get(at++);
        if (!happened.equals(recorded)) {
            throw new DivergenceException(Position.ofSlice(0), "recorded: " + recorded + "; here: " + happened);
        }
    }

    @Override
    public CompletionStage<Void> close() {
        return CompletableFuture.completedFuture(null);
    }
}
