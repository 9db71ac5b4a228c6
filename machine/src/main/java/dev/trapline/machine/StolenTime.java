package dev.trapline.machine;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.state.Snapshot;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.board.memory.MachineMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// The time during which a vCPU could run but the schedule skipped it. It is written to guest memory for the vCPUs that
/// requested it.
final class StolenTime implements Snapshot {

    private final MachineMemory memory;
    private final long[] addresses;
    private final long[] stolen;
    private final long[] since;
    private final boolean[] shared;
    private boolean any;

    StolenTime(int vcpus, MachineMemory memory) {
        this.memory = memory;
        addresses = new long[vcpus];
        stolen = new long[vcpus];
        since = new long[vcpus];
        shared = new boolean[vcpus];
    }

    /// Keeps a vCPU's time from now on, and writes down what it is: 0 the first time, and never less than before
    /// when it is asked for again.
    ///
    /// @param address where it is written
    void share(VcpuId of, long address) {
        InvariantViolation.require(
                address % Long.BYTES == 0 && memory.contains(address, Long.BYTES),
                "a service has stolen time kept at 0x" + Long.toHexString(address)
                        + ", which is not a word wholly in memory");
        addresses[of.index()] = address;
        shared[of.index()] = true;
        any = true;
        write(of.index());
    }

    /// The machine was reset: nobody has asked for anything yet.
    void forgetAll() {
        Arrays.fill(shared, false);
        Arrays.fill(stolen, 0);
        any = false;
    }

    /// A vCPU can run from now on, or stops running and still can.
    void canRun(int index, long now) {
        since[index] = now;
    }

    /// Writes down what a vCPU has lost, before its slice.
    ///
    /// @return where 8 bytes have changed; -1 if nothing has
    long runs(int index, long now) {
        if (!any || !shared[index] || now <= since[index]) {
            return -1;
        }
        stolen[index] += now - since[index];
        write(index);
        return addresses[index];
    }

    /// Little-endian, whatever the guest's data are (DEN0057 §3).
    private void write(int index) {
        ByteBuffer word = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        word.putLong(stolen[index] * MachineSpec.NANOS_PER_TICK);
        memory.write(addresses[index], Bytes.copyOf(word.array()));
    }

    @Override
    public void save(StateWriter state) {
        state.put(addresses);
        state.put(stolen);
        state.put(since);
        state.put(shared);
        state.put(any);
    }

    @Override
    public void load(StateReader state) {
        state.take(addresses);
        state.take(stolen);
        state.take(since);
        state.take(shared);
        any = state.takeFlag();
    }
}
