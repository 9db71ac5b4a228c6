package dev.trapline.board.bus;

import dev.trapline.abi.engine.MmioDevice;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.WrongBits;
import dev.trapline.abi.state.Snapshot;
import dev.trapline.abi.state.StateDamagedException;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

/// The registers of devices that read wrong: see [Injection.Misread]. They are in front of the devices, which do not
/// notice.
public final class Misreads implements Snapshot {

    /// What is wrong, and with how many more reads.
    private record Wrong(WrongBits bits, long left) {}

    private final TreeMap<Long, Wrong> registers = new TreeMap<>();
    /// Whether there are some: what a read costs without any.
    private boolean any;

    /// Lets a register read wrong, in place of what was wrong with it before.
    public void add(Injection.Misread what) {
        registers.put(what.address(), new Wrong(what.bits(), what.count()));
        any = true;
    }

    /// Lets all registers read right.
    public void clear() {
        registers.clear();
        any = false;
    }

    /// A device as a guest reads it.
    ///
    /// @param base guest physical address of its first register
    MmioDevice inFrontOf(MmioDevice device, long base) {
        return new MmioDevice() {
            @Override
            public long read(long offset, int size) {
                long value = device.read(offset, size);
                return any ? wrong(base + offset, size, value) : value;
            }

            @Override
            public void write(long offset, int size, long value) {
                device.write(offset, size, value);
            }
        };
    }

    private long wrong(long address, int size, long right) {
        long value = right;
        Iterator<Map.Entry<Long, Wrong>> covered =
                registers.subMap(address, address + size).entrySet().iterator();
        while (covered.hasNext()) {
            Map.Entry<Long, Wrong> next = covered.next();
            Wrong wrong = next.getValue();
            value = wrong.bits().of(value, Byte.SIZE * (int) (next.getKey() - address));
            if (wrong.left() == 1) {
                covered.remove();
            } else if (wrong.left() != Injection.Defect.EVERY_TIME) {
                next.setValue(new Wrong(wrong.bits(), wrong.left() - 1));
            }
        }
        any = !registers.isEmpty();
        return size == Long.BYTES ? value : value & ((1L << (Byte.SIZE * size)) - 1);
    }

    @Override
    public void save(StateWriter state) {
        state.putCount(registers.size());
        registers.forEach((address, wrong) -> {
            state.put(address);
            state.put(wrong.bits().flipped());
            state.put(wrong.bits().set());
            state.put(wrong.bits().cleared());
            state.put(wrong.left());
        });
    }

    @Override
    public void load(StateReader state) {
        clear();
        for (int left = state.takeCount(5 * Long.BYTES); left > 0; left--) {
            try {
                add(new Injection.Misread(
                        state.take(), new WrongBits(state.take(), state.take(), state.take()), state.take()));
            } catch (IllegalArgumentException e) {
                throw new StateDamagedException("a register cannot read wrong like this: " + e.getMessage());
            }
        }
    }
}
