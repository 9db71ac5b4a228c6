package dev.trapline.journal.recording;

import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.Kept;
import dev.trapline.abi.history.StoredHistory;
import dev.trapline.journal.persistence.ActorHistory;
import dev.trapline.journal.persistence.RecordingWriter;
import dev.trapline.journal.replay.ReplayHistory;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// A history that first compares a run with its recording, and then records the rest.
///
/// A segment ends between two steps of the machine, and so does the recording. There [#isExhausted] tells the machine,
/// and [#goOn] turns the replay into a recording.
final class ContinuedHistory implements ActorHistory {

    private final ReplayHistory past;
    private final RecordingWriter future;
    /// Read by other threads, too.
    private volatile boolean live;

    ContinuedHistory(ReplayHistory past, RecordingWriter future) {
        this.past = past;
        this.future = future;
    }

    @Override
    public void startIn(Home home) {
        future.startIn(home);
    }

    @Override
    public JournalRecord.@Nullable Input nextRecordedInput() {
        return live ? null : past.nextRecordedInput();
    }

    @Override
    public boolean isReplay() {
        return !live;
    }

    @Override
    public boolean isExhausted() {
        return !live && past.isExhausted();
    }

    @Override
    public boolean goOn() {
        live = true;
        return true;
    }

    @Override
    public void append(JournalRecord record) {
        // The last recorded step may have ended the run, with its end not recorded: there is no boundary any more.
        if (isExhausted()) {
            goOn();
        }
        if (live) {
            future.append(record);
        } else {
            past.append(record);
        }
    }

    @Override
    public boolean waitsForStore() {
        return live && future.waitsForStore();
    }

    @Override
    public boolean hasCredit() {
        return !live || future.hasCredit();
    }

    @Override
    public void onCredit(Runnable callback) {
        future.onCredit(callback);
    }

    @Override
    public @Nullable String failure() {
        return future.failure();
    }

    @Override
    public StoredHistory stored() {
        return future.stored();
    }

    @Override
    public Kept kept() {
        return future.kept();
    }

    @Override
    public CompletionStage<Void> close() {
        return past.close().thenCompose(_ -> future.close());
    }
}
