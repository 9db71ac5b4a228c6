package dev.trapline.abi.firmware;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// How a service shows among the pseudo firmware registers of KVM
/// (`Documentation/virt/kvm/arm/fw-pseudo-registers.rst`).
public sealed interface KvmRegister {

    /// A register with a bit for each of several services. The constants are named as in the kernel's
    /// documentation, without `KVM_REG_ARM_`.
    enum Bitmap {
        /// Standard secure services.
        STD_BMAP(0x6030_0000_0016_0000L),
        /// Standard hypervisor services.
        STD_HYP_BMAP(0x6030_0000_0016_0001L),
        /// Vendor hypervisor services.
        VENDOR_HYP_BMAP(0x6030_0000_0016_0002L),
        /// More vendor hypervisor services.
        VENDOR_HYP_BMAP_2(0x6030_0000_0016_0003L);

        private final long id;

        Bitmap(long id) {
            this.id = id;
        }

        /// As `KVM_GET_ONE_REG` takes it.
        public long id() {
            return id;
        }
    }

    /// A register with a number, named as the bitmaps are.
    enum Plain {
        /// The version of PSCI, as the function PSCI_VERSION returns it.
        PSCI_VERSION(0x6030_0000_0014_0000L);

        private final long id;

        Plain(long id) {
            this.id = id;
        }

        /// As `KVM_GET_ONE_REG` takes it.
        public long id() {
            return id;
        }
    }

    /// Which one it is, in words: no two services of a machine may have the same.
    String place();

    /// The service's toggle is a bit of a bitmap.
    ///
    /// @param bit 0 to 63
    record Bit(Bitmap register, int bit) implements KvmRegister {
        public Bit {
            if (bit < 0 || bit >= Long.SIZE) {
                throw new IllegalArgumentException("a register has bits 0 to 63, not " + bit);
            }
        }

        @Override
        public String place() {
            return "bit " + bit + " of " + register;
        }
    }

    /// A register is another view of a setting of the service.
    ///
    /// @param key of the setting: `version`
    /// @param auto the text of the setting that leaves the choice to the machine
    /// @param values all that it can have, in the order in which messages name them
    /// @param forwarded what `auto` is if the service's calls go to its actor
    /// @param resident what it is, and all that it can be, if they are answered in place
    record Setting(Plain register, String key, String auto, List<Value> values, Value forwarded, Value resident)
            implements KvmRegister {

        public Setting {
            values = List.copyOf(values);
            if (!values.contains(forwarded) || !values.contains(resident)) {
                throw new IllegalArgumentException("register " + register + " defaults to a value that it cannot have");
            }
        }

        @Override
        public String place() {
            return register.toString();
        }

        /// The value that a machine has.
        ///
        /// @param service its name, for messages
        /// @param text of the setting: [#auto] or that of a value
        /// @param inPlace whether the service's calls are answered in place
        /// @throws IllegalArgumentException if there is no such value, or the machine cannot have it
        public Value choose(String service, String text, boolean inPlace) {
            if (text.equals(auto)) {
                return inPlace ? resident : forwarded;
            }
            for (Value value : values) {
                if (value.text().equals(text)) {
                    if (inPlace && !value.equals(resident)) {
                        throw new IllegalArgumentException("'" + key + "' is " + resident.text() + " while '" + service
                                + "' is answered in place, and cannot be " + text + ": switch the toggle '"
                                + ServiceDescriptor.toggleToUser(service) + "' on, or leave '" + key + "' at " + auto);
                    }
                    return value;
                }
            }
            throw new IllegalArgumentException("'" + key + "' takes " + auto + ", "
                    + values.stream().map(Value::text).collect(Collectors.joining(", ")) + ", not '" + text + "'");
        }

        /// What a value of the register stands for; null if the register cannot have it.
        public @Nullable Value of(long value) {
            return values.stream()
                    .filter(each -> each.value() == value)
                    .findFirst()
                    .orElse(null);
        }
    }

    /// A value of a register, and the text of the setting that is the same.
    record Value(long value, String text) {}
}
