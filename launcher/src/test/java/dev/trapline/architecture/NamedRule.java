package dev.trapline.architecture;

import com.tngtech.archunit.lang.ArchRule;

/// A rule and its name in test reports.
record NamedRule(String name, ArchRule rule) {

    @Override
    public String toString() {
        return name;
    }
}
