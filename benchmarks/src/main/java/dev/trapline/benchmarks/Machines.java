package dev.trapline.benchmarks;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.trapline.abi.Width;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.machine.CpuSpec;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.policy.Policy;
import dev.trapline.firmware.FirmwareServices;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.machine.RunReport;
import dev.trapline.timeline.Playback;
import dev.trapline.timeline.RecordedRun;
import dev.trapline.timeline.Seeker;
import dev.trapline.timeline.checkpoint.CheckpointStore;
import dev.trapline.unicorn.UnicornEngines;
import dev.trapline.unicorn.ffi.LibrarySearch;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import dev.trapline.vcpu.Machine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Runs whole machines in one actor system, as an embedding program does. The `trapline` command does the same.
final class Machines implements AutoCloseable {

    private static final Config QUIET = ConfigFactory.parseString("akka.loglevel = WARNING")
            .withFallback(PlainJournal.SERIALIZATION)
            .withFallback(ConfigFactory.load())
            .resolve();

    private final ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "benchmarks", QUIET);
    private final EngineFactory engines = new UnicornEngines(UnicornLibrary.load(LibrarySearch.standard(null)));
    private final Path directory;
    private final List<Path> recordings = new ArrayList<>();

    Machines() {
        try {
            directory = Files.createTempDirectory("trapline-benchmarks");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a directory for recordings", e);
        }
    }

    /// A machine with one vCPU and slices of 20 000 instructions; PSCI is forwarded to its actor.
    static MachineSpec spec() {
        return spec(1, Width.AARCH64);
    }

    /// The same on an AArch32 machine.
    static MachineSpec narrow() {
        return spec(1, Width.AARCH32);
    }

    /// The same with two vCPUs.
    static MachineSpec two() {
        return spec(2, Width.AARCH64);
    }

    private static MachineSpec spec(int vcpus, Width width) {
        return MachineSpec.DEFAULT
                .with(CpuSpec.DEFAULT.withCount(vcpus).withWidth(width))
                .withPolicy(Policy.DEFAULT.withResident("smccc"));
    }

    /// The same with PSCI answered in place.
    static MachineSpec resident() {
        return spec().withPolicy(Policy.DEFAULT.withResident("smccc").withResident("psci"));
    }

    ActorSystem<?> system() {
        return system;
    }

    /// A new path, which [#deleteRecordings] deletes.
    Path place() {
        Path place = directory.resolve("recording-" + recordings.size());
        recordings.add(place);
        return place;
    }

    /// Runs a guest without a recording.
    RunReport run(Guest guest, MachineSpec spec) {
        return run(guest.image(), spec);
    }

    /// The same with a plan of faults.
    RunReport run(Guest guest, MachineSpec spec, FaultPlan faults) {
        return finished(machine(guest.image(), spec).faults(faults));
    }

    /// The same for any image.
    RunReport run(Image image, MachineSpec spec) {
        return finished(machine(image, spec));
    }

    /// Runs a guest and records it. The run includes making everything durable.
    Path record(Guest guest) {
        return record(guest.image());
    }

    /// The same for any image.
    Path record(Image image) {
        Path recording = place();
        finished(machine(image, spec()).recordTo(recording));
        return recording;
    }

    /// Replays a recording.
    RunReport replay(Path recording) {
        return finished(Machine.replay(engines, Recordings.open(recording, OpenOptions.STRICT))
                .services(FirmwareServices.onClassPath()));
    }

    /// Opens a recording for reading slice by slice.
    Playback playback(Path recording) {
        return run(recording).playback((_, _) -> {});
    }

    /// A recording that can be opened many times.
    RecordedRun run(Path recording) {
        return new RecordedRun(
                () -> Recordings.open(recording, OpenOptions.STRICT), engines, FirmwareServices.onClassPath());
    }

    /// Opens a recording for moving back and forth in it.
    ///
    /// @param store the store of its checkpoints; null if they are only in memory
    Seeker seeker(Path recording, @Nullable CheckpointStore store, long spacing) {
        return new Seeker(playback(recording), store, spacing, Seeker.BUDGET, System::nanoTime);
    }

    private Machine.Builder machine(Image image, MachineSpec spec) {
        return Machine.builder(engines, spec).image(image).services(FirmwareServices.onClassPath());
    }

    private RunReport finished(Machine.Builder machine) {
        RunReport report = machine.start(system).done().toCompletableFuture().join();
        boolean asMeant = report.outcome() instanceof RunOutcome.PoweredOff
                || report.outcome().equals(new RunOutcome.LimitReached(RunOutcome.Limit.INSTRUCTIONS));
        if (!asMeant) {
            throw new IllegalStateException(
                    "the guest did not turn itself off, and did not reach its limit: " + report.outcome());
        }
        return report;
    }

    /// The size in bytes of all files in a recording, without its images.
    static long sizeWithoutImages(Path recording, long imageBytes) {
        try (Stream<Path> files = Files.walk(recording)) {
            return files.filter(Files::isRegularFile)
                            .mapToLong(file -> file.toFile().length())
                            .sum()
                    - imageBytes;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot measure " + recording, e);
        }
    }

    /// Deletes all recordings.
    void deleteRecordings() {
        recordings.forEach(Machines::delete);
    }

    /// Deletes a file, or a directory with its content, if it exists.
    static void delete(Path tree) {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + tree, e);
        }
    }

    @Override
    public void close() {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
        delete(directory);
    }
}
