// The one object that owns the precompiled header.
