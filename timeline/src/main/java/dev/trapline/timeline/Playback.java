package dev.trapline.timeline;

import dev.trapline.abi.Position;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.state.StateDamagedException;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.board.Board;
import dev.trapline.board.boot.BootPlan;
import dev.trapline.board.memory.MemoryCopy;
import dev.trapline.board.memory.PageStore;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.journal.replay.ReplayHistory;
import dev.trapline.machine.Console;
import dev.trapline.machine.ConsoleOutput;
import dev.trapline.machine.Controls;
import dev.trapline.machine.MachineAssembly;
import dev.trapline.machine.MachineParts;
import dev.trapline.machine.RunReport;
import dev.trapline.machine.StartingPoint;
import dev.trapline.machine.StepMachine;
import dev.trapline.machine.VcpuView;
import dev.trapline.machine.choice.Choices;
import dev.trapline.machine.firmware.KeptState;
import dev.trapline.timeline.checkpoint.CheckpointCodec;
import dev.trapline.timeline.checkpoint.CheckpointImage;
import dev.trapline.timeline.checkpoint.CheckpointKey;
import dev.trapline.timeline.checkpoint.StoredCheckpoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Replays a recording slice by slice, so that the machine can be examined between two slices. The machine is the same
/// as in [dev.trapline.vcpu.Machine#replay], and is checked in the same way, but it runs on the caller's thread and
/// without actors.
///
/// A position is reached when everything before it has happened: the slices, their answers and effects, and the inputs
/// that the slice at the position is the first to see. The position after the last slice is the end of the run.
///
/// Used by one thread at a time.
public final class Playback implements AutoCloseable {

    private final MachineParts parts;
    private final StepMachine machine;
    private final ReplayHistory history;
    private final PageStore pages = new PageStore();

    private final long recording;

    private Playback(MachineParts parts, ReplayHistory history, long recording) {
        this.recording = recording;
        this.parts = parts;
        this.history = history;
        this.machine = new StepMachine(parts);
    }

    /// Powers a recorded machine on, and stops before its first slice.
    ///
    /// @param recording closed with the playback
    /// @param services those that the recording names are taken
    /// @param console receives the console output
    /// @throws MachineSetupException if the services do not fit the recording
    /// @throws dev.trapline.board.boot.ImageException if the images cannot be started on this machine
    public static Playback of(
            EngineFactory engines,
            RecordingReader recording,
            List<? extends FirmwareService<?>> services,
            ConsoleOutput console) {
        return of(engines, recording, services, Board.Fitting.NONE, console);
    }

    /// Powers a recorded machine on whose board has additional devices.
    ///
    /// @param fitting adds the devices, as in the recorded run
    /// @see #of(EngineFactory, RecordingReader, List, ConsoleOutput)
    public static Playback of(
            EngineFactory engines,
            RecordingReader recording,
            List<? extends FirmwareService<?>> services,
            Board.Fitting fitting,
            ConsoleOutput console) {
        return of(engines, recording, services, fitting, console, Choices.defaults());
    }

    /// The same, told of the choices that the recording has.
    ///
    /// @param told is asked nothing
    public static Playback of(
            EngineFactory engines,
            RecordingReader recording,
            List<? extends FirmwareService<?>> services,
            Board.Fitting fitting,
            ConsoleOutput console,
            Choices told) {
        MachineAssembly assembly = new MachineAssembly(
                engines,
                recording.header().spec(),
                recording.images(),
                List.copyOf(services),
                fitting,
                recording.header());
        // The chain of segments begins with the digest of the header.
        long header = recording.segmentCount() == 0 ? 0 : recording.segment(0).predecessor();
        ReplayHistory history = Recordings.replay(recording);
        MachineParts parts = assembly.assemble(told, new Console(console), history, new Controls(), () -> {});
        Playback playback = new Playback(parts, history, header);
        playback.machine.begin();
        return playback;
    }

    /// Its position: the number of slices that have ended.
    public Position position() {
        return Position.ofSlice(machine.slices());
    }

    /// Virtual time, in ticks.
    public long now() {
        return machine.now();
    }

    /// The outcome of the run; null while it continues. A divergence is an outcome as well.
    public @Nullable RunOutcome outcome() {
        return machine.outcome();
    }

    /// Continues until this number of slices has ended, or the run is over.
    public void playTo(long slice) {
        while (machine.slices() < slice && machine.next() != null) {
            machine.runSlice();
        }
    }

    /// Continues until this number of slices has ended, the run is over, or every vCPU has a fresh engine, but at
    /// least for one slice.
    void playToRenewal(long slice) {
        do {
            playTo(Math.min(slice, machine.slices() + 1));
        } while (machine.slices() < slice && machine.next() != null && !machine.isRenewed());
    }

    /// Whether every vCPU has a fresh engine. A checkpoint from here restores exactly what the run has; one from
    /// elsewhere lacks the translations and TLB entries that the run's engines have, which a guest can notice if it
    /// omits maintenance.
    public boolean isRenewed() {
        return machine.isRenewed();
    }

    /// The machine at the current position, for other machines that are to begin here.
    ///
    /// @throws IllegalStateException if no slice comes next, or a part of it was played
    public StartingPoint startingPoint() {
        return machine.startingPoint();
    }

    /// Makes a checkpoint of the current position. This scans each page of memory that was ever touched, and stores
    /// the pages with new content.
    ///
    /// @throws IllegalStateException if no slice comes next, or a part of it was played
    public Checkpoint checkpoint() {
        return checkpoint(pages);
    }

    private Checkpoint checkpoint(PageStore keeping) {
        machine.requireSlice();
        StateWriter state = new StateWriter();
        machine.save(state);
        return new Checkpoint(
                position(),
                state.toBytes(),
                parts.services().keep(),
                machine.policy(),
                parts.memory().copy(keeping),
                history.mark());
    }

    /// Goes back or forward to a checkpoint of this playback, even after a part of a slice or the end. Takes a
    /// millisecond for each vCPU that has power, and the time to write the pages that differ.
    ///
    /// @throws StateDamagedException if it is not a state of this machine: then only another checkpoint can follow
    public void goTo(Checkpoint checkpoint) {
        try {
            restore(checkpoint);
            // WIDE: a state that is no machine's meets whatever the machine's parts do not expect.
        } catch (RuntimeException e) {
            throw e instanceof StateDamagedException damaged
                    ? damaged
                    : new StateDamagedException("the machine cannot be in its state: " + e, e);
        }
        if (!position().equals(checkpoint.position())) {
            throw new StateDamagedException(
                    "it is of slice " + checkpoint.position().slice() + ", and its machine is at " + position());
        }
    }

    private void restore(Checkpoint checkpoint) {
        StateReader state = new StateReader(checkpoint.state());
        parts.memory().restore(checkpoint.memory());
        checkpoint.services().forEach(KeptState::restore);
        machine.load(state, checkpoint.policy());
        state.end();
        history.goTo(checkpoint.mark());
    }

    /// The key of this playback's checkpoints: checkpoints from another playback with an equal key can be used
    /// here.
    ///
    /// @throws dev.trapline.machine.firmware.state.UnsupportedStateException if the state of a service cannot be
    ///     written: it says which, and why
    public CheckpointKey key() {
        return new CheckpointKey(
                recording, parts.engines().library().sha256(), parts.services().shapes());
    }

    /// A hash of the whole machine at this position: its memory, its vCPUs, its services, and the position in its
    /// history. Two playbacks with equal keys and equal hashes continue in the same way. Costs as much as a
    /// checkpoint.
    ///
    /// @throws IllegalStateException if no slice comes next, or a part of it was played
    /// @throws dev.trapline.machine.firmware.state.UnsupportedStateException as [#key]
    public String hash() {
        return CheckpointCodec.hash(checkpoint(new PageStore()).image());
    }

    /// Reads a checkpoint that was saved by a playback with an equal [#key].
    ///
    /// @return null if it is not a position of this recording, or was changed
    public @Nullable Checkpoint checkpoint(StoredCheckpoint stored) {
        CheckpointImage image = stored.image();
        CheckpointImage.Place place = image.place();
        ReplayHistory.Mark mark = new ReplayHistory.Mark(place.segment(), place.digest(), place.records());
        if (!history.has(mark)) {
            return null;
        }
        try {
            return new Checkpoint(
                    Position.ofSlice(image.slice()),
                    image.machine(),
                    parts.services().kept(image.services()),
                    image.policy(),
                    MemoryCopy.of(image.ram(), image.flash(), stored.pages()),
                    mark);
        } catch (StateDamagedException | IllegalArgumentException e) {
            return null;
        }
    }

    /// Whether a part of a slice was replayed: only [#goTo] can follow.
    boolean isSpent() {
        return machine.isPartlyRun();
    }

    /// Frees the memory of checkpoints that are no longer needed.
    ///
    /// @param needed the checkpoints to keep; the others of this playback cannot be used again
    void forgetPagesExcept(Collection<Checkpoint> needed) {
        pages.keepOnly(needed.stream().map(Checkpoint::memory).toList());
    }

    /// The number of different pages of memory in its checkpoints, 4 KiB each.
    public long pagesKept() {
        return pages.size();
    }

    /// Replays the first instructions of the next slice, with a smaller budget. This is not part of the history:
    /// afterwards the machine can only be examined, until the playback goes to a checkpoint.
    ///
    /// @param instructions 1 or more
    /// @return whether the slice has more instructions; otherwise it was replayed to its end: if that is a
    ///     hypercall, it is not answered yet
    /// @throws IllegalStateException if no slice comes next
    public boolean playInto(long instructions) {
        long budget = machine.budget();
        Exit exit = machine.runPart(Math.min(instructions, budget));
        parts.console().takeFrom(parts.board().console());
        return instructions < budget && exit instanceof Exit.BudgetUsed;
    }

    /// Replays the next single instruction of the next slice. This is not part of the history, as with [#playInto].
    ///
    /// @return whether the slice has more instructions
    /// @throws IllegalStateException if no slice comes next, or a part of it was played otherwise
    public boolean step() {
        boolean more = machine.step();
        parts.console().takeFrom(parts.board().console());
        return more;
    }

    /// Replays the next slice up to the exit that ends it, without answering the exit.
    ///
    /// @throws IllegalStateException if no slice comes next
    public void playToExit() {
        playInto(Long.MAX_VALUE);
    }

    /// The vCPUs at this position.
    public List<VcpuView> vcpus() {
        List<VcpuView> views = new ArrayList<>();
        for (int index = 0; index < parts.spec().cpus().count(); index++) {
            VcpuId vcpu = new VcpuId(index);
            views.add(new VcpuView(
                    vcpu, machine.states().get(index), vcpu.equals(machine.next()), machine.registers(vcpu)));
        }
        return views;
    }

    /// The event handlers that are running at this position, each vCPU's innermost one last.
    public List<RunReport.OpenHandler> openHandlers() {
        return machine.openHandlers();
    }

    /// The machine at this position.
    ///
    /// @param here the position that was reached: within a slice if a part of it was replayed
    public MachineView view(Position here) {
        return new MachineView(here, now(), parts.spec().cpus().width(), vcpus(), openHandlers(), memory());
    }

    /// How the machine was started.
    public BootPlan boot() {
        return parts.boot();
    }

    /// The guest's memory at this position.
    public GuestMemory memory() {
        return parts.memory();
    }

    /// A digest of all guest memory.
    public long memoryDigest() {
        return parts.memory().digest();
    }

    /// The size of the console output up to here, in bytes.
    public long consoleBytes() {
        return parts.console().bytes();
    }

    /// The report of the run.
    ///
    /// @throws dev.trapline.abi.InvariantViolation if it is not over
    public RunReport report() {
        return machine.report();
    }

    /// Frees engines and memory, and closes the recording.
    @Override
    public void close() {
        machine.close();
        parts.close();
        history.close().toCompletableFuture().join();
    }
}
