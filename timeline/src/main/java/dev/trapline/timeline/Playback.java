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

/// A recording that is played slice by slice, to be looked at between two of them: the same machine as in
/// [dev.trapline.vcpu.Machine#replay], checked in the same way, but on the caller's thread and without machine.
///
/// A position is reached when everything before it has happened: the slices, their answers and effects, and the inputs
/// that the slice at the position is the first to see. The position behind the last slice is the end of the run.
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
    /// @param console where what the guest prints goes
    /// @throws MachineSetupException if the services do not fit the recording
    /// @throws dev.trapline.board.boot.ImageException if the images cannot be started on this machine
    public static Playback of(
            EngineFactory engines,
            RecordingReader recording,
            List<? extends FirmwareService<?>> services,
            ConsoleOutput console) {
        return of(engines, recording, services, Board.Fitting.NONE, console);
    }

    /// Powers a recorded machine on whose board has devices of its own.
    ///
    /// @param fitting the one that the recorded machine had
    /// @see #of(EngineFactory, RecordingReader, List, ConsoleOutput)
    public static Playback of(
            EngineFactory engines,
            RecordingReader recording,
            List<? extends FirmwareService<?>> services,
            Board.Fitting fitting,
            ConsoleOutput console) {
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
        MachineParts parts =
                assembly.assemble(Choices.defaults(), new Console(console), history, new Controls(), () -> {});
        Playback playback = new Playback(parts, history, header);
        playback.machine.begin();
        return playback;
    }

    /// Where it is: slices that have ended.
    public Position position() {
        return Position.ofSlice(machine.slices());
    }

    /// Virtual time, in ticks.
    public long now() {
        return machine.now();
    }

    /// How the run ended; null while it goes on. A divergence is an end as well.
    public @Nullable RunOutcome outcome() {
        return machine.outcome();
    }

    /// Plays on until so many slices have ended, or the run is over.
    public void playTo(long slice) {
        while (machine.slices() < slice && machine.next() != null) {
            machine.runSlice();
        }
    }

    /// Takes a checkpoint of the place where it is. A look at each page of memory that was ever touched, and room
    /// for those that no checkpoint before has the like of.
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

    /// Goes back, or forward, to a checkpoint of this playback: also after a part of a slice was played, or the
    /// end. Takes a millisecond for each vCPU that has power, and the time to write the pages that differ.
    public void goTo(Checkpoint checkpoint) {
        StateReader state = new StateReader(checkpoint.state());
        parts.memory().restore(checkpoint.memory());
        checkpoint.services().forEach(KeptState::restore);
        machine.load(state, checkpoint.policy());
        state.end();
        history.goTo(checkpoint.mark());
    }

    /// What checkpoints of this playback are of: those that another playback with an equal key wrote down can be
    /// gone to here.
    ///
    /// @throws dev.trapline.machine.firmware.state.UnsupportedStateException if the state of a service cannot be
    ///     written: it says which, and why
    public CheckpointKey key() {
        return new CheckpointKey(
                recording, parts.engines().library().sha256(), parts.services().shapes());
    }

    /// A hash of all of the machine as it is here: of its memory, its vCPUs, its services, and of where its history
    /// is. Two playbacks with equal keys continue alike from a place where their hashes are equal. Costs what a
    /// checkpoint costs.
    ///
    /// @throws IllegalStateException if no slice comes next, or a part of it was played
    /// @throws dev.trapline.machine.firmware.state.UnsupportedStateException as [#key]
    public String hash() {
        return CheckpointCodec.hash(checkpoint(new PageStore()).image());
    }

    /// A checkpoint that was written down, by a playback with an equal [#key].
    ///
    /// @return null if it is of no place of this recording, or not what was written
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

    /// Whether a part of a slice was played: nothing can follow but [#goTo].
    boolean isSpent() {
        return machine.isPartlyRun();
    }

    /// Gives back the memory of checkpoints that are not needed any more.
    ///
    /// @param needed all others of this playback may not be gone to again
    void forgetPagesExcept(Collection<Checkpoint> needed) {
        pages.keepOnly(needed.stream().map(Checkpoint::memory).toList());
    }

    /// How many different pages of memory its checkpoints keep, 4 KiB each.
    public long pagesKept() {
        return pages.size();
    }

    /// Plays the first instructions of the slice that comes next, by giving it a smaller budget. The history does
    /// not go on with that: the playback can be looked at afterwards, and no more, but to go to a checkpoint.
    ///
    /// @param instructions 1 or more
    /// @return whether the slice has more instructions than that; otherwise it was played to its end, and no
    ///     further: if that is a hypercall, it is not answered yet
    /// @throws IllegalStateException if no slice comes next
    public boolean playInto(long instructions) {
        long budget = machine.budget();
        Exit exit = machine.runPart(Math.min(instructions, budget));
        parts.console().takeFrom(parts.board().console());
        return instructions < budget && exit instanceof Exit.BudgetUsed;
    }

    /// Plays one more instruction of the slice that comes next, behind those that were stepped through. The history
    /// does not go on with that, as with [#playInto].
    ///
    /// @return whether the slice has more instructions
    /// @throws IllegalStateException if no slice comes next, or a part of it was played otherwise
    public boolean step() {
        boolean more = machine.step();
        parts.console().takeFrom(parts.board().console());
        return more;
    }

    /// Plays the slice that comes next up to the exit that ends it, and no further.
    ///
    /// @throws IllegalStateException if no slice comes next
    public void playToExit() {
        playInto(Long.MAX_VALUE);
    }

    /// The vCPUs as they are here.
    public List<VcpuView> vcpus() {
        List<VcpuView> views = new ArrayList<>();
        for (int index = 0; index < parts.spec().cpus().count(); index++) {
            VcpuId vcpu = new VcpuId(index);
            views.add(new VcpuView(
                    vcpu, machine.states().get(index), vcpu.equals(machine.next()), machine.registers(vcpu)));
        }
        return views;
    }

    /// The handlers of events that run here, each vCPU's innermost one last.
    public List<RunReport.OpenHandler> openHandlers() {
        return machine.openHandlers();
    }

    /// The machine as it is here.
    ///
    /// @param here the position that was played to: in a slice if a part of it was played
    public MachineView view(Position here) {
        return new MachineView(here, now(), parts.spec().cpus().width(), vcpus(), openHandlers(), memory());
    }

    /// How the machine was started.
    public BootPlan boot() {
        return parts.boot();
    }

    /// The guest's memory as it is here.
    public GuestMemory memory() {
        return parts.memory();
    }

    /// A digest of all guest memory.
    public long memoryDigest() {
        return parts.memory().digest();
    }

    /// How much the guest has printed up to here, in bytes.
    public long consoleBytes() {
        return parts.console().bytes();
    }

    /// What the run came to.
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
