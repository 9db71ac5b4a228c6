package dev.trapline.machine;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.state.Snapshot;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;

/// Virtual time of a machine whose CPUs run at the same time: each vCPU has its own clock, and the clocks advance
/// together in rounds.
///
/// A round is an interval of virtual time. In it each vCPU that can run has its turn, one after the other, from its own
/// clock to the end of the round. So clocks differ by at most the length of a round. A turn is one slice, or several if
/// exits cut it.
final class Rounds implements Snapshot {

    private static final int NOBODY = -1;

    private final long quantum;
    private final long[] clocks;
    private long slices;
    private long begins;
    private long ends;
    private long now;
    private long latest;
    private long shown;
    private boolean fresh = true;
    private int turn = NOBODY;
    private long turnEnds;
    private int after;

    /// @param quantum how long a round is, in ticks
    Rounds(int vcpus, long quantum) {
        this.quantum = quantum;
        this.clocks = new long[vcpus];
        this.ends = quantum;
        this.after = vcpus - 1;
    }

    /// Slices that have ended.
    long slices() {
        return slices;
    }

    /// The current time: the end of the last slice, or the beginning of the round for inputs from outside. It steps
    /// back when another vCPU's turn begins.
    long now() {
        return now;
    }

    /// Deals with another moment.
    void dealWith(long moment) {
        now = moment;
    }

    /// The clock of the vCPU that is furthest ahead: the length of the run in virtual time.
    long latest() {
        return latest;
    }

    /// The highest counter value that any vCPU has read.
    long shown() {
        return shown;
    }

    /// When the round began.
    long begins() {
        return begins;
    }

    /// When it ends.
    long ends() {
        return ends;
    }

    /// The clock of a vCPU.
    long clock(int vcpu) {
        return clocks[vcpu];
    }

    /// A vCPU does nothing before a moment.
    void passTo(int vcpu, long moment) {
        clocks[vcpu] = Math.max(clocks[vcpu], moment);
    }

    /// When a round ends that nothing cuts short.
    long endOf(long beginning) {
        return beginning + quantum;
    }

    /// The next round begins.
    void begin(long beginning, long end) {
        begins = beginning;
        ends = end;
        latest = Math.max(latest, beginning);
        turn = NOBODY;
        fresh = true;
    }

    /// Whether no vCPU has had a turn in this round.
    boolean isFresh() {
        return fresh;
    }

    /// A vCPU is chosen for a turn.
    void choose(int vcpu) {
        fresh = false;
        after = vcpu;
    }

    /// Whose turn it is; a turn goes on until its time is used up, or its vCPU cannot run.
    ///
    /// @param runnable one bit for each vCPU that can
    /// @return a negative number if it is nobody's
    int turn(long runnable) {
        boolean goesOn = turn >= 0 && (runnable & 1L << turn) != 0 && clocks[turn] < turnEnds;
        return goesOn ? turn : NOBODY;
    }

    /// Where somebody is to be given the next turn.
    ChoicePoint point() {
        return new ChoicePoint(new VcpuId(after), clocks[after], begins);
    }

    /// Gives a vCPU its turn.
    ///
    /// @param length in ticks; the turn does not go beyond the round
    void beginTurn(int vcpu, long length) {
        turn = vcpu;
        turnEnds = clocks[vcpu] + Math.min(length, ends - clocks[vcpu]);
    }

    /// The round, and the turn in it, end at a moment if they would go beyond it.
    void endBy(long moment) {
        ends = Math.min(ends, moment);
        turnEnds = Math.min(turnEnds, moment);
    }

    /// What is left of the turn, in ticks.
    long left() {
        return turnEnds - clocks[turn];
    }

    /// A slice has ended.
    ///
    /// @param end its vCPU's clock from now on
    /// @param nowShown see [#shown]
    void sliceEnded(int vcpu, long end, long nowShown) {
        slices++;
        clocks[vcpu] = end;
        now = end;
        latest = Math.max(latest, end);
        shown = nowShown;
    }

    @Override
    public void save(StateWriter state) {
        state.put(clocks);
        state.put(slices);
        state.put(begins);
        state.put(ends);
        state.put(now);
        state.put(latest);
        state.put(shown);
        state.put(fresh);
        state.put(turn);
        state.put(turnEnds);
        state.put(after);
    }

    @Override
    public void load(StateReader state) {
        state.take(clocks);
        slices = state.take();
        begins = state.take();
        ends = state.take();
        now = state.take();
        latest = state.take();
        shown = state.take();
        fresh = state.takeFlag();
        turn = state.takeInt();
        turnEnds = state.take();
        after = state.takeInt();
    }
}
