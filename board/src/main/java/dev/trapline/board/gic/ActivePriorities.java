package dev.trapline.board.gic;

import dev.trapline.abi.state.Snapshot;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import java.util.Arrays;

/// The group priorities of the interrupts of one group that a CPU is handling: one bit for each of the 128 preemption
/// levels. GICC_APR for Group 0, GICC_NSAPR for Group 1 (IHI 0048B §4.4.12, §4.4.13).
final class ActivePriorities implements Snapshot {

    /// The number of registers.
    static final int REGISTERS = 4;

    private final int[] levels = new int[REGISTERS];

    void reset() {
        Arrays.fill(levels, 0);
    }

    int register(int number) {
        return levels[number];
    }

    void setRegister(int number, int value) {
        levels[number] = value;
    }

    /// An interrupt with this group priority was acknowledged.
    void add(int groupPriority) {
        levels[groupPriority >> 6] |= 1 << (groupPriority >> 1);
    }

    /// The highest active group priority.
    ///
    /// @return [Interrupts#IDLE] if none is active
    int highest() {
        for (int number = 0; number < REGISTERS; number++) {
            if (levels[number] != 0) {
                return 64 * number + 2 * Integer.numberOfTrailingZeros(levels[number]);
            }
        }
        return Interrupts.IDLE;
    }

    /// Priority drop: the highest is no longer active.
    void drop() {
        for (int number = 0; number < REGISTERS; number++) {
            if (levels[number] != 0) {
                levels[number] &= levels[number] - 1;
                return;
            }
        }
    }

    @Override
    public void save(StateWriter state) {
        for (int word : levels) {
            state.put(word, Integer.BYTES);
        }
    }

    @Override
    public void load(StateReader state) {
        for (int number = 0; number < REGISTERS; number++) {
            levels[number] = (int) state.take(Integer.BYTES);
        }
    }
}
