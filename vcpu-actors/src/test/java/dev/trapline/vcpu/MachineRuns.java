package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.Width;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.ConsoleScript;
import dev.trapline.abi.machine.CpuSpec;
import dev.trapline.abi.machine.Durability;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.abi.machine.RunSpec;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.abi.machine.ScheduleSpec;
import dev.trapline.abi.machine.StoragePolicy;
import dev.trapline.abi.policy.Policy;
import dev.trapline.board.Board;
import dev.trapline.firmware.FirmwareServices;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.machine.ConsoleOutput;
import dev.trapline.machine.RunReport;
import dev.trapline.machine.choice.Choices;
import dev.trapline.machine.network.NetworkSwitch;
import dev.trapline.testkit.Guests;
import dev.trapline.timeline.Checkpoint;
import dev.trapline.timeline.Playback;
import dev.trapline.timeline.RecordedRun;
import dev.trapline.unicorn.UnicornEngines;
import dev.trapline.unicorn.ffi.LibrarySearch;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Runs complete machines for tests, with the real engine and all services, in its own actor system. As an extension of
/// a test class, it is closed after the last test.
final class MachineRuns implements AfterAllCallback, AutoCloseable {

    private final ActorSystem<Void> system;
    private final EngineFactory engines;

    MachineRuns() {
        this(LibrarySearch.standard(null));
    }

    private MachineRuns(LibrarySearch search) {
        this(ActorSystem.create(Behaviors.empty(), "runs"), new UnicornEngines(UnicornLibrary.load(search)));
    }

    /// Uses the library in the Maven artefact, and not the system's.
    static MachineRuns bundled() {
        return new MachineRuns(LibrarySearch.standard(null).withoutSystem());
    }

    private MachineRuns(ActorSystem<Void> system, EngineFactory engines) {
        this.system = system;
        this.engines = engines;
    }

    /// The same with other engines that wrap these; closed with this one.
    MachineRuns with(UnaryOperator<EngineFactory> change) {
        return new MachineRuns(system, change.apply(engines));
    }

    /// A run's console output and report.
    record Finished(String console, RunReport report) {}

    /// A default machine with a limit that no guest of a test should reach.
    static MachineSpec spec(int vcpus, Schedule schedule, long seed) {
        return spec(vcpus, schedule, seed, Width.AARCH64, Policy.DEFAULT.withResident("smccc"));
    }

    static MachineSpec spec(int vcpus, Schedule schedule, long seed, Width width, Policy policy) {
        return MachineSpec.DEFAULT
                .with(CpuSpec.DEFAULT.withCount(vcpus).withWidth(width))
                .with(BoardSpec.DEFAULT.withDeviceTree(true))
                .with(ScheduleSpec.DEFAULT.withKind(schedule).withSeed(seed))
                .with(RunSpec.DEFAULT.withMaxInstructions(4_000_000_000L))
                .withPolicy(policy);
    }

    /// A machine with four vCPUs for any guest. It has little memory, so that digests are fast, and takes some
    /// digests during the run.
    ///
    /// @param guest with its suffix
    /// @param seed of the random schedule; 0 for round robin
    /// @param limit of instructions
    static MachineSpec smallSpec(String guest, long seed, long limit) {
        return MachineSpec.DEFAULT
                .with(CpuSpec.DEFAULT.withCount(4).withWidth(Guests.width(guest)))
                .with(SMALL_BOARD)
                .with(ScheduleSpec.DEFAULT
                        .withKind(seed == 0 ? Schedule.ROUND_ROBIN : Schedule.RANDOM)
                        .withSeed(seed))
                .with(RunSpec.DEFAULT.withMaxInstructions(limit).withRamDigestInterval(1_000_000))
                .withPolicy(Policy.DEFAULT.withResident("smccc"));
    }

    private static final BoardSpec SMALL_BOARD =
            BoardSpec.DEFAULT.withRam(BoardSpec.MIN_RAM).withDeviceTree(true).withInputInterval(1_000);

    Finished run(MachineSpec spec, Image image, String script) {
        return finish(builder(spec, image, script));
    }

    Finished record(MachineSpec spec, Image image, String script, Path directory) {
        return finish(builder(spec, image, script).recordTo(directory));
    }

    /// Records a run with given choices.
    ///
    /// @param choices gets the default choices, which include the script
    Finished record(MachineSpec spec, Image image, String script, UnaryOperator<Choices> choices, Path directory) {
        return finish(builder(spec, image, script).choices(choices).recordTo(directory));
    }

    /// Runs a guest whose calls go wrong.
    Finished run(MachineSpec spec, Image image, FaultPlan faults) {
        return finish(builder(spec, image, "").faults(faults));
    }

    /// The same, recorded.
    Finished record(MachineSpec spec, Image image, FaultPlan faults, Path directory) {
        return finish(builder(spec, image, "").faults(faults).recordTo(directory));
    }

    /// The same with several images.
    Finished record(MachineSpec spec, List<Image> images, FaultPlan faults, Path directory) {
        Machine.Builder machine = builder(spec, images.getFirst(), "").faults(faults);
        images.subList(1, images.size()).forEach(machine::image);
        return finish(machine.recordTo(directory));
    }

    /// Records a run with planned injections.
    Finished record(MachineSpec spec, Image image, List<PlannedInjection> planned, Path directory) {
        return record(spec, List.of(image), planned, directory);
    }

    Finished record(MachineSpec spec, List<Image> images, List<PlannedInjection> planned, Path directory) {
        Machine.Builder machine = builder(spec, images.getFirst(), "").recordTo(directory);
        images.subList(1, images.size()).forEach(machine::image);
        planned.forEach(machine::inject);
        return finish(machine);
    }

    /// Records a run of several images: a guest, and a device tree for it.
    Finished record(MachineSpec spec, List<Image> images, Path directory) {
        return record(spec, images, "", directory);
    }

    Finished record(MachineSpec spec, List<Image> images, String script, Path directory) {
        Machine.Builder machine = builder(spec, images.getFirst(), script).recordTo(directory);
        images.subList(1, images.size()).forEach(machine::image);
        return finish(machine);
    }

    /// A machine that is connected with others, and the directory of its recording.
    record Member(MachineSpec spec, List<Image> images, Path recording) {}

    /// Records machines that are connected with each other, from their beginning to their ends.
    List<Finished> recordConnected(List<Member> members) {
        return recordConnected(members, UnaryOperator.identity());
    }

    /// The same with given choices.
    ///
    /// @param choices is asked for each machine, in order
    List<Finished> recordConnected(List<Member> members, UnaryOperator<Choices> choices) {
        NetworkSwitch network = new NetworkSwitch(members.size());
        List<Started> started = new ArrayList<>();
        for (Member member : members) {
            Machine.Builder machine = builder(member.spec(), member.images().getFirst(), "")
                    .network(network)
                    .choices(choices)
                    .recordTo(member.recording());
            member.images().subList(1, member.images().size()).forEach(machine::image);
            started.add(start(machine));
        }
        return started.stream().map(Started::finish).toList();
    }

    /// Records a run of a machine with custom devices of a test.
    Finished record(MachineSpec spec, Image image, Board.Fitting devices, Path directory) {
        return finish(builder(spec, image, "").board(devices).recordTo(directory));
    }

    /// Replays a recording of such a machine.
    Finished replay(Path directory, Board.Fitting devices) {
        return finish(Machine.replay(engines, Recordings.open(directory, OpenOptions.STRICT))
                .services(FirmwareServices.onClassPath())
                .board(devices));
    }

    /// Plays a recording of such a machine.
    Playback playback(Path directory, Board.Fitting devices) {
        return Playback.of(
                engines,
                Recordings.open(directory, OpenOptions.STRICT),
                FirmwareServices.onClassPath(),
                devices,
                (_, _) -> {});
    }

    /// Like the method above, with a durability.
    Finished record(MachineSpec spec, Image image, String script, Path directory, Durability durability) {
        return finish(builder(spec, image, script).recordTo(directory).storage(StoragePolicy.DEFAULT.with(durability)));
    }

    /// Records a guest at whose console a script types that waits for output.
    Finished record(MachineSpec spec, Image image, ConsoleScript script, Path directory) {
        return record(spec, List.of(image), script, directory);
    }

    Finished record(MachineSpec spec, List<Image> images, ConsoleScript script, Path directory) {
        Machine.Builder machine =
                builder(spec, images.getFirst(), "").script(script).recordTo(directory);
        images.subList(1, images.size()).forEach(machine::image);
        return finish(machine);
    }

    /// Continues such a recording, with the same script.
    Finished proceed(Path directory, ConsoleScript script) {
        return finish(Machine.proceed(engines, Recordings.open(directory, OpenOptions.STRICT), directory)
                .services(FirmwareServices.onClassPath())
                .script(script));
    }

    /// Continues a recording that was cut off, with the same script.
    Finished proceed(Path directory, String script) {
        return finish(Machine.proceed(engines, Recordings.open(directory, OpenOptions.STRICT), directory)
                .services(FirmwareServices.onClassPath())
                .script(ascii(script)));
    }

    /// Continues a recording that was cut off, with the same faults.
    Finished proceed(Path directory, FaultPlan faults) {
        return finish(Machine.proceed(engines, Recordings.open(directory, OpenOptions.STRICT), directory)
                .services(FirmwareServices.onClassPath())
                .faults(faults));
    }

    /// Types everything at once from another thread, as early as possible.
    Finished recordTyped(MachineSpec spec, Image image, String typed, Path directory) {
        return finish(builder(spec, image, "").recordTo(directory), ascii(typed));
    }

    Finished replay(Path directory) {
        return finish(Machine.replay(engines, Recordings.open(directory, OpenOptions.STRICT))
                .services(FirmwareServices.onClassPath()));
    }

    /// Records a guest on a machine with little memory and frequent digests.
    ///
    /// @param guest without its suffix
    Finished recordSmall(String guest, int vcpus, Schedule schedule, long slice, long limit, Path directory)
            throws IOException {
        MachineSpec spec = MachineSpec.DEFAULT
                .with(CpuSpec.DEFAULT.withCount(vcpus).withWidth(Guests.width(guest + ".elf")))
                .with(SMALL_BOARD)
                .with(ScheduleSpec.DEFAULT.withKind(schedule).withSeed(7).withQuantum(slice))
                .with(RunSpec.DEFAULT
                        .withMaxInstructions(limit)
                        .withRamDigestInterval(100_000)
                        .withRenewalInterval(200_000))
                .withPolicy(Policy.DEFAULT.withResident("smccc"));
        return record(spec, Guests.image(guest + ".elf"), "some text\rq", directory);
    }

    /// Plays a recording, with a checkpoint every `step` slices: five slices are played and then repeated from it.
    /// The end must be as recorded.
    static void assertRepeatsFromCheckpoints(Playback playback, Finished recorded, int step) {
        try (playback) {
            for (long slice = 0; slice < recorded.report().position().slice(); slice += step) {
                playback.playTo(slice);
                Checkpoint checkpoint = playback.checkpoint();
                playback.playTo(slice + 5);
                playback.goTo(checkpoint);
            }
            playback.playTo(Long.MAX_VALUE);
            assertThat(playback.report().outcome()).isEqualTo(recorded.report().outcome());
            assertThat(playback.report().registerDigest())
                    .as("registers of every slice")
                    .isEqualTo(recorded.report().registerDigest());
        }
    }

    Playback playback(Path directory, ConsoleOutput console) {
        return recorded(directory).playback(console);
    }

    /// A recording that can be opened any number of times.
    RecordedRun recorded(Path directory) {
        return new RecordedRun(
                () -> Recordings.open(directory, OpenOptions.STRICT), engines, FirmwareServices.onClassPath());
    }

    private Machine.Builder builder(MachineSpec spec, Image image, String script) {
        return Machine.builder(engines, spec)
                .image(image)
                .services(FirmwareServices.onClassPath())
                .script(ascii(script));
    }

    private static Bytes ascii(String text) {
        return Bytes.copyOf(text.getBytes(StandardCharsets.US_ASCII));
    }

    private Finished finish(Machine.Builder machine) {
        return finish(machine, Bytes.EMPTY);
    }

    private Finished finish(Machine.Builder machine, Bytes typed) {
        Started started = start(machine);
        if (typed.size() != 0) {
            started.run().type(typed);
        }
        return started.finish();
    }

    private Started start(Machine.Builder machine) {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        MachineRun run = machine.console((bytes, length) -> printed.write(bytes, 0, length))
                .start(system);
        return new Started(run, printed);
    }

    /// Starts a machine that a test stops.
    MachineRun start(MachineSpec spec, Image image, NetworkSwitch network) {
        return start(builder(spec, image, "").network(network)).run();
    }

    private record Started(MachineRun run, ByteArrayOutputStream printed) {
        Finished finish() {
            RunReport report = run.done().toCompletableFuture().join();
            return new Finished(printed.toString(StandardCharsets.ISO_8859_1).replace("\r", ""), report);
        }
    }

    /// Checks that two runs are identical, except the host's time.
    static void assertEqual(Finished actual, Finished expected, String what) {
        RunReport one = actual.report();
        RunReport other = expected.report();
        assertThat(one.outcome()).as("%s: outcome", what).isEqualTo(other.outcome());
        assertThat(actual.console()).as("%s: console", what).isEqualTo(expected.console());
        assertThat(one.position()).as("%s: where it ended", what).isEqualTo(other.position());
        assertThat(one.progress()).as("%s: how far it came", what).isEqualTo(other.progress());
        assertThat(one.registerDigest())
                .as("%s: registers of every slice", what)
                .isEqualTo(other.registerDigest());
        assertThat(one.memoryDigest()).as("%s: memory at the end", what).isEqualTo(other.memoryDigest());
    }

    /// Checks that a playback has reached the recorded end.
    static void assertAsRecorded(RunReport report, Finished recorded, String what) {
        assertThat(report.outcome())
                .as("%s: outcome", what)
                .isEqualTo(recorded.report().outcome());
        assertThat(report.registerDigest())
                .as("%s: registers of every slice", what)
                .isEqualTo(recorded.report().registerDigest());
        assertThat(report.memoryDigest())
                .as("%s: memory at the end", what)
                .isEqualTo(recorded.report().memoryDigest());
        assertThat(report.consoleDigest())
                .as("%s: console", what)
                .isEqualTo(recorded.report().consoleDigest());
        assertThat(report.progress())
                .as("%s: how far it came", what)
                .isEqualTo(recorded.report().progress());
        assertThat(report.openHandlers())
                .as("%s: handlers that never completed", what)
                .isEqualTo(recorded.report().openHandlers());
    }

    @Override
    public void afterAll(ExtensionContext context) {
        close();
    }

    @Override
    public void close() {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }
}
