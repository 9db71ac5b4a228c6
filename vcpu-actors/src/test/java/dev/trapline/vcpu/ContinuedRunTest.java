package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.fault.CallPattern;
import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.fault.FaultRule;
import dev.trapline.abi.fault.MachineFault;
import dev.trapline.abi.fault.Moments;
import dev.trapline.abi.fault.Occasion;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.RecordingHeader;
import dev.trapline.abi.machine.ConsoleScript;
import dev.trapline.abi.machine.Durability;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.Moment;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.codec.HeaderCodec;
import dev.trapline.journal.codec.Segment;
import dev.trapline.journal.codec.SegmentBuilder;
import dev.trapline.journal.persistence.JournalEventSerializer;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.journal.store.EventRow;
import dev.trapline.journal.store.Manifest;
import dev.trapline.journal.store.MvEventStore;
import dev.trapline.journal.store.RecordingDirectory;
import dev.trapline.testkit.Guests;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A recording that was cut off because its process ended, and was continued, has the same history as an uninterrupted
/// run: for every position of the cut, and with all kinds of inputs.
@Tag("native")
class ContinuedRunTest {

    private static final int CUTS = Boolean.getBoolean("trapline.full") ? 200 : 12;
    private static final String INPUT = "some text\rq";

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    @ParameterizedTest
    @ValueSource(strings = {"echo.elf", "conform-trng.elf", "conform-psci-suspend.elf", "smp-hello.elf"})
    void aContinuedRunEndsAsTheWholeOneDid(String guest, @TempDir Path directory) throws IOException {
        Image image = Guests.image(guest);
        MachineSpec spec = MachineRuns.spec(4, Schedule.RANDOM, 7);
        Finished whole = RUNS.record(spec, image, INPUT, directory.resolve("whole"));
        assertContinues(guest, directory, whole, left -> RUNS.proceed(left, INPUT));
    }

    @Test
    void aScriptThatWaitsForOutputContinuesWhereItWas(@TempDir Path directory) throws IOException {
        MachineSpec spec = MachineRuns.spec(4, Schedule.RANDOM, 7);
        ConsoleScript script = ConsoleScriptTest.conversation();
        Finished whole = RUNS.record(spec, Guests.image("echo.elf"), script, directory.resolve("whole"));
        assertContinues("echo.elf with a script", directory, whole, left -> RUNS.proceed(left, script));
    }

    /// Faults at moments, behind calls, and of calls; some for all vCPUs at once, so that a cut falls between them.
    private static FaultPlan plan() {
        MachineFault everybody = new MachineFault.Held(MachineFault.Targets.ALL, 700);
        MachineFault anybody = new MachineFault.Held(MachineFault.Targets.USUAL, 90);
        MachineFault memory = new MachineFault.FlippedMemory(0x400c_0000L, 0x400f_ffffL, 0);
        CallPattern psci = CallPattern.ANY.to(Set.of("psci"));
        CallFault late = new CallFault.Late(300);
        return FaultPlan.of(
                new FaultRule("all", new Moments(new Moment.AtTime(0), 500), Occasion.ALWAYS.atMost(9), everybody),
                new FaultRule("any", new Moments(new Moment.AtTime(77), 130), Occasion.ALWAYS.atMost(9), anybody),
                new FaultRule("memory", psci, Occasion.ALWAYS.withProbability(0.3), memory),
                new FaultRule("behind", psci, Occasion.ALWAYS.every(3), everybody),
                new FaultRule("then", CallPattern.ANY, Occasion.ALWAYS.every(2).after("any"), late),
                new FaultRule("slice", Moments.once(new Moment.AtSlice(4)), Occasion.ALWAYS, everybody));
    }

    @ParameterizedTest
    @ValueSource(strings = {"conform-trng.elf", "conform-psci-suspend.elf", "smp-hello.elf"})
    void aRunInWhichThingsGoWrongContinuesWithItsPlan(String guest, @TempDir Path directory) throws IOException {
        MachineSpec plain = MachineRuns.spec(4, Schedule.RANDOM, 7);
        MachineSpec spec = plain.with(plain.run().withFaults(true));
        Finished whole = RUNS.record(spec, Guests.image(guest), plan(), directory.resolve("whole"));
        assertContinues(guest + " with faults", directory, whole, left -> RUNS.proceed(left, plan()));
    }

    /// Also with defects that are there where the recording was cut off.
    @Test
    void aRunWhoseDevicesHaveDefectsContinuesWithItsPlan(@TempDir Path directory) throws IOException {
        MachineSpec spec = DefectiveGuests.virt(
                Specs.withVcpus(1).limit(1_000_000).slice(50).random(3));
        FaultPlan plan = DefectiveGuests.allAgainAndAgain();
        Finished whole = RUNS.record(spec, DefectiveGuests.usesItsDisk(), plan, directory.resolve("whole"));
        assertContinues("defects", directory, whole, left -> RUNS.proceed(left, plan));
    }

    private static void assertContinues(
            String guest, Path directory, Finished whole, Function<Path, Finished> continuing) {
        List<JournalRecord> records = new ArrayList<>();
        RecordingHeader header;
        List<Image> images;
        try (RecordingReader reader = Recordings.open(directory.resolve("whole"), OpenOptions.STRICT)) {
            reader.entries().forEachRemaining(entry -> records.add(entry.record()));
            header = reader.header();
            images = reader.images();
        }
        Random dice = new Random(guest.hashCode());
        for (int cut = 0; cut < CUTS; cut++) {
            int length = cut == 0 ? 0 : boundary(records, dice.nextInt(records.size()));
            Path left = directory.resolve("cut-" + cut);
            write(left, header, images, records.subList(0, length));
            String what = guest + ", cut off after " + length + " of " + records.size() + " records";

            Finished continued = continuing.apply(left);
            MachineRuns.assertEqual(continued, whole, what);
            MachineRuns.assertEqual(RUNS.replay(left), whole, what + ", replayed");
            try (RecordingReader reader = Recordings.open(left, OpenOptions.STRICT)) {
                List<JournalRecord> again = new ArrayList<>();
                reader.entries().forEachRemaining(entry -> again.add(entry.record()));
                assertThat(again).as("%s: the history is the same", what).isEqualTo(records);
            }
        }
    }

    /// The next position at which a segment may end: before a slice or an input.
    private static int boundary(List<JournalRecord> records, int near) {
        int at = near;
        while (at > 0 && !SegmentBuilder.beginsAStep(records.get(at))) {
            at--;
        }
        return at;
    }

    private static void write(Path path, RecordingHeader header, List<Image> images, List<JournalRecord> records) {
        RecordingDirectory directory =
                RecordingDirectory.create(path, header, Manifest.MVSTORE, Durability.NONE, images);
        byte[] headerBytes = HeaderCodec.encode(header);
        SegmentBuilder builder = new SegmentBuilder(Segment.digestOf(headerBytes), 512);
        List<EventRow> rows = new ArrayList<>();
        rows.add(row(1, "header/1", headerBytes));
        for (JournalRecord record : records) {
            if (builder.isFullFor(record)) {
                rows.add(row(rows.size() + 1, "segment/1", builder.seal().bytes()));
            }
            builder.add(record);
        }
        if (!builder.isEmpty()) {
            rows.add(row(rows.size() + 1, "segment/1", builder.seal().bytes()));
        }
        try (MvEventStore store = new MvEventStore(directory.eventFile())) {
            store.append(rows);
        }
    }

    private static EventRow row(long number, String manifest, byte[] bytes) {
        return new EventRow(number, JournalEventSerializer.IDENTIFIER, manifest, "cut", 0, bytes);
    }
}
