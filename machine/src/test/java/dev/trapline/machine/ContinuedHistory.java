package dev.trapline.machine;

import dev.trapline.abi.history.History;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.testkit.ReplayedHistory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// A recording that was cut off, and is continued live behind its last record.
final class ContinuedHistory implements History {

    /// What happened live, in order.
    final List<JournalRecord> live = new ArrayList<>();

    private final ReplayedHistory past;
    private boolean goesOn;

    ContinuedHistory(List<JournalRecord> recorded) {
        past = new ReplayedHistory(recorded);
    }

    @Override
    public JournalRecord.@Nullable Input nextRecordedInput() {
        return goesOn ? null : past.nextRecordedInput();
    }

    @Override
    public boolean isReplay() {
        return !goesOn;
    }

    @Override
    public boolean isExhausted() {
        return !goesOn && past.isExhausted();
    }

    @Override
    public boolean goOn() {
        goesOn = true;
        return true;
    }

    /// The recording may end behind a turn, whose slice is then the first live record.
    @Override
    public void append(JournalRecord happened) {
        if (isExhausted()) {
            goOn();
        }
        if (goesOn) {
            live.add(happened);
        } else {
            past.append(happened);
        }
    }

    @Override
    public CompletionStage<Void> close() {
        return CompletableFuture.completedFuture(null);
    }
}
