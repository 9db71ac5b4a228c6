package dev.trapline.journal.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.Position;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.history.DivergenceException;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.journal.ForgedRecording;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.SampleRun;
import dev.trapline.journal.store.SegmentCursor;
import dev.trapline.journal.store.StoredRecordingReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Compares a run with a journal that was changed and sealed with correct checksums.
class ReplayHistoryTest {

    private static final int SLICES = 1_200;
    private static final int SEGMENT = 4_096;
    private static final int MUTATIONS = Boolean.getBoolean("trapline.full") ? 2_000 : 60;

    private final List<JournalRecord> run = SampleRun.records(SLICES);

    @TempDir
    Path temp;

    private int recordings;

    @Test
    void theSameRunReplays() {
        ReplayHistory replay = replayOf(run);
        play(replay, run);
        assertThat(replay.isReplay()).isTrue();
        assertThat(replay.isExhausted()).as("it was not cut off").isFalse();
        assertThat(replay.nextRecordedInput()).isNull();
    }

    @Test
    void aDroppedRecordIsReportedWhereItIsMissing() {
        Random random = new Random(3);
        for (int i = 0; i < MUTATIONS; i++) {
            int at = random.nextInt(run.size() - 1);
            if (run.get(at) instanceof JournalRecord.Input) {
                continue;
            }
            List<JournalRecord> journal = new ArrayList<>(run);
            JournalRecord dropped = journal.remove(at);
            DivergenceException e = divergence(journal);
            assertThat(e.position())
                    .as("record %d, %s, is missing", at, dropped)
                    .isEqualTo(positionIn(journal, at));
        }
    }

    @Test
    void swappedRecordsAreReportedAtTheFirst() {
        Random random = new Random(4);
        for (int i = 0; i < MUTATIONS; i++) {
            int at = random.nextInt(run.size() - 2);
            if (run.get(at) instanceof JournalRecord.Input || run.get(at + 1) instanceof JournalRecord.Input) {
                continue;
            }
            List<JournalRecord> journal = new ArrayList<>(run);
            Collections.swap(journal, at, at + 1);
            assertThat(divergence(journal).position())
                    .as("records %d and %d are swapped", at, at + 1)
                    .isEqualTo(positionIn(journal, at));
        }
    }

    @Test
    void aWrongRegisterIsReportedByName() {
        int at = indexOfHypercall(700);
        List<JournalRecord> journal = new ArrayList<>(run);
        journal.set(at, withRegister((JournalRecord.Slice) run.get(at), 19, 0xbad));
        DivergenceException e = divergence(journal);
        assertThat(e.position()).isEqualTo(Position.ofSlice(700));
        assertThat(e)
                .hasMessageContaining("slice 700")
                .hasMessageContaining("x19: expected 0xbad, came 0xf3f84")
                .hasMessageNotContaining("x20")
                .hasMessageNotContaining("digest");
    }

    @Test
    void everyRegisterIsChecked() {
        int at = indexOfHypercall(10);
        for (int n = 0; n < GeneralRegisters.COUNT; n++) {
            List<JournalRecord> journal = new ArrayList<>(run);
            journal.set(at, withRegister((JournalRecord.Slice) run.get(at), n, 0x77));
            assertThat(divergence(journal)).hasMessageContaining(GeneralRegisters.nameOf(n) + ": expected 0x77, came ");
        }
    }

    @Test
    void aWrongAnswerIsReportedInWords() {
        int at = indexOfHypercall(700) + 1;
        JournalRecord.Answer good = (JournalRecord.Answer) run.get(at);
        List<JournalRecord> journal = new ArrayList<>(run);
        journal.set(
                at,
                new JournalRecord.Answer(
                        new dev.trapline.abi.policy.Decision.Resident("trng"), good.registers(), good.effects()));
        assertThat(divergence(journal))
                .hasMessageContaining("decision: expected answered in place by 'trng', came forwarded to 'psci'");
    }

    @Test
    void aRunThatContinuesAfterTheRecordedEndDiverges() {
        ReplayHistory replay = replayOf(run);
        play(replay, run);
        assertThatThrownBy(() -> replay.append(new JournalRecord.MemoryDigest(1)))
                .isInstanceOf(DivergenceException.class)
                .hasMessageContaining("has ended");
    }

    @Test
    void aRunThatEndsOtherwiseDiverges() {
        ReplayHistory replay = replayOf(run);
        play(replay, run.subList(0, run.size() - 1));
        JournalRecord.End end = (JournalRecord.End) run.getLast();
        JournalRecord other = new JournalRecord.End(
                new RunOutcome.Interrupted(), end.virtualTime(), end.consoleBytes(), end.consoleDigest());
        assertThatThrownBy(() -> replay.append(other))
                .hasMessageContaining("outcome: expected PoweredOff[], came Interrupted[]");
    }

    @Test
    void inputsComeWhereTheyWereAndNowhereElse() {
        List<JournalRecord> journal = new ArrayList<>();
        JournalRecord first = new JournalRecord.ConsoleInput(Bytes.copyOf(new byte[] {1, 2}));
        JournalRecord second = new JournalRecord.Stop(JournalRecord.Stop.Reason.INTERRUPTED);
        journal.add(first);
        SampleRun.step(0, journal::add);
        journal.add(first);
        journal.add(second);
        SampleRun.step(1, journal::add);
        ReplayHistory replay = replayOf(journal);
        assertThat(replay.nextRecordedInput()).isEqualTo(first);
        assertThat(replay.nextRecordedInput()).as("the next record is a slice").isNull();
        SampleRun.step(0, replay::append);
        assertThat(replay.nextRecordedInput()).isEqualTo(first);
        assertThat(replay.nextRecordedInput()).isEqualTo(second);
        assertThat(replay.nextRecordedInput()).isNull();
        SampleRun.step(1, replay::append);
        assertThat(replay.nextRecordedInput()).isNull();
    }

    @Test
    void aRecordingThatWasCutOffIsExhaustedThere() {
        Path path = temp.resolve("cut");
        var segments = ForgedRecording.segments("r", run, SEGMENT);
        ForgedRecording.open(path, "r", segments.subList(0, 3));
        long slices = segments.get(3).firstSlice();
        ReplayHistory replay = new ReplayHistory(StoredRecordingReader.open(path, OpenOptions.STRICT));
        for (int n = 0; n < slices; n++) {
            assertThat(replay.isExhausted())
                    .as("before slice %d of %d", n, slices)
                    .isFalse();
            while (replay.nextRecordedInput() != null) {
                // The record was accepted.
            }
            SampleRun.step(n, record -> {
                if (!(record instanceof JournalRecord.Input)) {
                    replay.append(record);
                }
            });
        }
        assertThat(replay.isExhausted()).isTrue();
        replay.append(new JournalRecord.MemoryDigest(5));
        assertThat(replay.isExhausted())
                .as("there is nothing to compare a further record with")
                .isTrue();
    }

    private DivergenceException divergence(List<JournalRecord> journal) {
        ReplayHistory replay = replayOf(journal);
        DivergenceException e = catchThrowableOfType(DivergenceException.class, () -> play(replay, run));
        assertThat(e).as("the journal does not belong to the run").isNotNull();
        return e;
    }

    private ReplayHistory replayOf(List<JournalRecord> journal) {
        Path path = temp.resolve("rec" + recordings++);
        ForgedRecording.closed(path, "r", journal, SEGMENT);
        return new ReplayHistory(StoredRecordingReader.open(path, OpenOptions.STRICT));
    }

    private static void play(ReplayHistory replay, List<JournalRecord> records) {
        for (JournalRecord record : records) {
            JournalRecord.Input input = replay.nextRecordedInput();
            if (input == null) {
                replay.append(record);
            } else {
                assertThat(input).isEqualTo(record);
            }
        }
    }

    private static Position positionIn(List<JournalRecord> journal, int at) {
        long slices = journal.subList(0, at).stream()
                .filter(JournalRecord.Slice.class::isInstance)
                .count();
        return SegmentCursor.position(journal.get(at), slices);
    }

    private int indexOfHypercall(int slice) {
        int slices = 0;
        for (int at = 0; at < run.size(); at++) {
            if (run.get(at) instanceof JournalRecord.Slice && slices++ == slice) {
                return at;
            }
        }
        throw new IllegalArgumentException("no slice " + slice);
    }

    private static JournalRecord withRegister(JournalRecord.Slice slice, int register, long value) {
        HypercallExit call = (HypercallExit) slice.exit();
        long[] values = new long[GeneralRegisters.COUNT];
        call.registers().copyTo(values);
        values[register] = value;
        HypercallExit changed = new HypercallExit(
                call.conduit(),
                call.immediate(),
                call.state(),
                call.exceptionLevel(),
                call.instructionWidth(),
                call.conditionPassed(),
                GeneralRegisters.copyOf(values));
        return new JournalRecord.Slice(
                new VcpuId(slice.vcpu().index()),
                slice.began(),
                slice.budget(),
                slice.executed(),
                changed,
                slice.digest());
    }
}
