package dev.trapline.board;

import dev.trapline.abi.AddressRange;
import dev.trapline.abi.Figures;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.state.Snapshot;
import dev.trapline.abi.state.StateDamagedException;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.board.bus.Bus;
import dev.trapline.board.bus.Deadline;
import dev.trapline.board.bus.Misreads;
import dev.trapline.board.virtio.DiskDefects;
import dev.trapline.board.virtio.VirtioBlock;
import java.util.List;
import java.util.SortedMap;

/// The defects of a board's devices: see [Injection.Defect]. The state of a board that can have none does not contain
/// them.
public final class BoardDefects implements Snapshot, Deadline {

    private final Bus bus;
    private final SortedMap<Integer, SharedInput> inputs;
    private final List<VirtioBlock> disks;
    private final Misreads misreads = new Misreads();
    private boolean possible;
    /// When the first stuck line is released.
    private long deadline = NEVER;

    /// @param inputs by INTID; more may be added
    /// @param disks more may be added
    BoardDefects(Bus bus, SortedMap<Integer, SharedInput> inputs, List<VirtioBlock> disks) {
        this.bus = bus;
        this.inputs = inputs;
        this.disks = disks;
    }

    /// Makes defects possible, before the first engine maps the devices.
    public void allow() {
        possible = true;
        bus.readThrough(misreads);
    }

    /// Why the board cannot have a defect: what it does not have. Empty if it can. Thread-safe.
    public String whyNot(Injection.Defect what) {
        return switch (what) {
            case Injection.Misread(long address, var _, var _) ->
                isRegister(address)
                        ? ""
                        : "a misread at 0x" + Long.toHexString(address)
                                + ", and no device of this machine has a register there";
            case Injection.StuckLine(int intid, var _, var _) ->
                inputs.containsKey(intid)
                        ? ""
                        : "a stuck line with INTID " + intid + ", and "
                                + (inputs.isEmpty()
                                        ? "this machine has no interrupt controller"
                                        : "no device of this machine has it; there are: " + intids());
            case Injection.BadDisk(int disk, var _, var _) ->
                disk < disks.size()
                        ? ""
                        : "a defect of disk " + disk + ", and this machine has "
                                + (disks.isEmpty() ? "none" : Figures.count(disks.size(), "disk") + ", from 0 on");
        };
    }

    private boolean isRegister(long address) {
        return bus.described().stream()
                .anyMatch(
                        device -> AddressRange.of(device.base(), device.size()).overlaps(AddressRange.of(address, 1)));
    }

    private String intids() {
        return String.join(", ", inputs.keySet().stream().map(String::valueOf).toList());
    }

    /// A device has a defect from now on.
    ///
    /// @param what one that the board can have
    /// @param now virtual time in ticks
    public void add(Injection.Defect what, long now) {
        switch (what) {
            case Injection.Misread misread -> misreads.add(misread);
            case Injection.StuckLine(int intid, boolean high, long ticks) -> {
                input(intid).stick(high, ticks == Injection.Hold.FOREVER ? NEVER : now + ticks);
                deadline = first();
            }
            case Injection.BadDisk(int disk, var failure, long count) ->
                disks.get(disk).defects().add(failure, count);
        }
    }

    private SharedInput input(int intid) {
        SharedInput input = inputs.get(intid);
        if (input == null) {
            throw new IllegalArgumentException("no line is wired to the interrupt with INTID " + intid);
        }
        return input;
    }

    /// No device has a defect: the machine was reset.
    void clear() {
        misreads.clear();
        inputs.values().forEach(SharedInput::release);
        disks.stream().map(VirtioBlock::defects).forEach(DiskDefects::clear);
        deadline = NEVER;
    }

    @Override
    public long deadline() {
        return deadline;
    }

    @Override
    public void timePasses(long now) {
        if (deadline <= now) {
            for (SharedInput input : inputs.values()) {
                if (input.until() <= now) {
                    input.release();
                }
            }
            deadline = first();
        }
    }

    private long first() {
        return inputs.values().stream().mapToLong(SharedInput::until).min().orElse(NEVER);
    }

    @Override
    public void save(StateWriter state) {
        if (!possible) {
            return;
        }
        misreads.save(state);
        List<Integer> stuck =
                inputs.keySet().stream().filter(intid -> input(intid).isStuck()).toList();
        state.putCount(stuck.size());
        for (int intid : stuck) {
            state.put(intid, Integer.BYTES);
            state.put(input(intid).level());
            state.put(input(intid).until());
        }
        disks.forEach(disk -> disk.defects().save(state));
    }

    @Override
    public void load(StateReader state) {
        if (!possible) {
            return;
        }
        misreads.load(state);
        inputs.values().forEach(SharedInput::restoreReleased);
        for (int left = state.takeCount(Integer.BYTES + 1 + Long.BYTES); left > 0; left--) {
            int intid = (int) state.take(Integer.BYTES);
            if (!inputs.containsKey(intid)) {
                throw new StateDamagedException("a line is stuck that does not exist, with INTID " + intid);
            }
            input(intid).restore(state.takeFlag(), state.take());
        }
        disks.forEach(disk -> disk.defects().load(state));
        deadline = first();
    }
}
