// SPDX-License-Identifier: Apache-2.0
//
// Nothing of its own: the target that owns the precompiled header of the tests needs a source.
