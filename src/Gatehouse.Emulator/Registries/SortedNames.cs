namespace Gatehouse.Emulator.Registries;

/// <summary>Names in ordinal order, with paging: the order registries list tags and repositories in.</summary>
internal sealed class SortedNames
{
    private readonly List<string> _names = [];

    public void Add(string name)
    {
        var index = _names.BinarySearch(name, StringComparer.Ordinal);
        if (index < 0)
        {
            _names.Insert(~index, name);
        }
    }

    public void Remove(string name)
    {
        var index = _names.BinarySearch(name, StringComparer.Ordinal);
        if (index >= 0)
        {
            _names.RemoveAt(index);
        }
    }

    /// <summary>Names after <paramref name="last"/>, which itself need not exist.</summary>
    public IEnumerable<string> After(string? last)
    {
        var index = last is null ? -1 : _names.BinarySearch(last, StringComparer.Ordinal);
        for (var i = index >= 0 || last is null ? index + 1 : ~index; i < _names.Count; i++)
        {
            yield return _names[i];
        }
    }
}
