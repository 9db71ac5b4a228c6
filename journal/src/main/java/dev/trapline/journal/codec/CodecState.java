package dev.trapline.journal.codec;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.policy.Decision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What the records of a segment have told so far, so that a record needs to store only what is new. Encoder and
/// decoder keep the same state; it is empty at the beginning of every segment, so each segment decodes by itself.
final class CodecState {

    /// The registers at the hypercall before of each vCPU, zeros if there is none; those of a vCPU begin at
    /// [#base].
    final long[] registers = new long[VcpuId.MAX_COUNT * GeneralRegisters.COUNT];

    /// What a slice costs its vCPU beyond its instructions, by the kind of its exit: as it was the last time.
    private final long[] gaps = new long[RecordLayout.KIND_MASK + 1];

    /// Each vCPU's virtual time behind the last instruction of its slice before, and how that slice ended.
    private final long[] made = new long[VcpuId.MAX_COUNT];

    private final int[] exits = new int[VcpuId.MAX_COUNT];

    private final List<Decision> decisions = new ArrayList<>();
    private long touched;
    private long ran;
    private long began;
    private long budget;
    private long turn;

    /// vCPU of the slice before.
    int vcpu;
    /// Everything but the registers of the hypercall before, packed as [RecordLayout] says.
    int shape;
    /// Index of the decision before, or -1.
    int decision;

    CodecState() {
        reset();
    }

    void reset() {
        while (touched != 0) {
            int from = Long.numberOfTrailingZeros(touched) * GeneralRegisters.COUNT;
            Arrays.fill(registers, from, from + GeneralRegisters.COUNT, 0);
            touched &= touched - 1;
        }
        decisions.clear();
        Arrays.fill(gaps, 0);
        while (ran != 0) {
            int index = Long.numberOfTrailingZeros(ran);
            made[index] = 0;
            exits[index] = 0;
            ran &= ran - 1;
        }
        vcpu = 0;
        began = 0;
        budget = 0;
        turn = 0;
        shape = 0;
        decision = -1;
    }

    /// Where the registers of the slice's vCPU begin, for them to be updated in place.
    int base() {
        touched |= 1L << vcpu;
        return vcpu * GeneralRegisters.COUNT;
    }

    /// When the next slice of a vCPU begins, if that is as it was before.
    long expectedBeginning(int index) {
        return made[index] + gaps[exits[index]];
    }

    /// The budget of a slice, if it is what is left of the turn that the slice before was part of, or else all of a
    /// turn's.
    ///
    /// @param beginning when it begins
    long expectedBudget(int index, long beginning) {
        boolean goesOn = index == vcpu && isCut() && began + budget > beginning;
        return goesOn ? began + budget - beginning : turn;
    }

    private boolean isCut() {
        return (ran & 1L << vcpu) != 0 && exits[vcpu] != RecordLayout.BUDGET_USED;
    }

    /// Records a slice.
    ///
    /// @param exit its kind
    void add(JournalRecord.Slice slice, int exit) {
        int index = slice.vcpu().index();
        if (index != vcpu || !isCut() || began + budget <= slice.began()) {
            turn = slice.budget();
        }
        if ((ran & 1L << index) != 0) {
            gaps[exits[index]] = slice.began() - made[index];
        }
        ran |= 1L << index;
        made[index] = slice.made();
        exits[index] = exit;
        began = slice.began();
        budget = slice.budget();
        vcpu = index;
    }

    /// The index of a decision, or the number of decisions known if it is new. There are as many as services and
    /// reasons: few.
    int indexOf(Decision wanted) {
        for (int i = 0; i < decisions.size(); i++) {
            Decision known = decisions.get(i);
            if (known.equals(wanted)) {
                return i;
            }
        }
        return decisions.size();
    }

    int decisionCount() {
        return decisions.size();
    }

    Decision decision(int index) {
        return decisions.get(index);
    }

    void addDecision(Decision added) {
        decisions.add(added);
    }
}
