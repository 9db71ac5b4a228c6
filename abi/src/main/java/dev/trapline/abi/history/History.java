package dev.trapline.abi.history;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// A machine's view of its history. It is recorded, or compared with a recording, or neither. The machine does not know
/// which.
///
/// A history that is not replayed has no inputs of its own: this is the default of the methods about a recording.
/// A history that stores nothing always has credit and never fails: this is the default of the methods about a store.
///
/// All methods are called on the machine's thread. [#append] is on the hot path: it takes well under 100 ns and
/// allocates nothing that outlives the segment.
public interface History {

    /// A history that keeps nothing: for a run that is neither recorded nor replayed.
    static History none() {
        return NoHistory.INSTANCE;
    }

    /// The next entry, if it is an input that a recording has at exactly this point; taken from the recording by
    /// the call.
    ///
    /// @return null if a slice comes next, and always null where nothing is replayed
    default JournalRecord.@Nullable Input nextRecordedInput() {
        return null;
    }

    /// Whether inputs come from a recording; then nothing else may be an input.
    default boolean isReplay() {
        return false;
    }

    /// Whether a recording that is being replayed has nothing more: it was cut off before its end.
    default boolean isExhausted() {
        return false;
    }

    /// Continues live at the end of a recording that was cut off: from here on the run is recorded, and inputs come
    /// from outside. Called when [#isExhausted] is true.
    ///
    /// @return whether it does; a mere replay does not
    default boolean goOn() {
        return false;
    }

    /// How much of it is on the disk; null if it is not recorded.
    default @Nullable StoredHistory stored() {
        return null;
    }

    /// What is kept of it if the process ended now. For any thread.
    default Kept kept() {
        return Kept.NOTHING;
    }

    /// Appends a record. Never called with an input that [#nextRecordedInput] returned. After [#failure] or, in a
    /// replay, beyond the end of a recording that was cut off, it does nothing.
    ///
    /// @throws DivergenceException if it differs from the recording
    void append(JournalRecord record);

    /// Whether there is credit for more. If not, the machine grants no slice until it is called back.
    default boolean hasCredit() {
        return true;
    }

    /// Whether the machine gets no credit at this moment because what it recorded cannot be stored, or not yet; or,
    /// once it is being closed, whether some of it is still to be stored. For any thread.
    default boolean waitsForStore() {
        return false;
    }

    /// Sets the callback for new credit after [#hasCredit] was false, or for a failure of storage. It is called on
    /// any thread, and may be called although there was credit all the time.
    default void onCredit(Runnable callback) {}

    /// Why nothing can be recorded any more; null if there is no failure.
    default @Nullable String failure() {
        return null;
    }

    /// Writes what is still held and closes. The stage completes when all is durable, or fails with the reason in
    /// words.
    CompletionStage<Void> close();
}
