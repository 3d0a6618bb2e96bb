namespace Gatehouse.Emulator.Registries;

/// <summary>All repositories of one region. Guarded by its registry's lock.</summary>
internal sealed class ReplicaContent
{
    private readonly Dictionary<string, RepositoryContent> _repositories = [];
    private readonly SortedNames _names = new();

    /// <summary>ARM's <c>regionEndpointEnabled</c>.</summary>
    public bool RoutingEnabled { get; private set; } = true;

    public IEnumerable<RepositoryContent> RepositoriesAfter(string? last) =>
        _names.After(last).Select(name => _repositories[name]).Where(repository => repository.Exists);

    /// <summary>Also one that only holds blobs of a push in progress; see <see cref="RepositoryContent.Exists"/>.</summary>
    public RepositoryContent? Find(string repository) => _repositories.GetValueOrDefault(repository);

    public bool Apply(Change change)
    {
        if (change.Kind == ChangeKind.SetRouting)
        {
            RoutingEnabled = change.Enabled;
            return true;
        }

        if (!_repositories.TryGetValue(change.Repository, out var repository))
        {
            repository = _repositories[change.Repository] = new RepositoryContent(change.Repository);
            _names.Add(change.Repository);
        }

        return repository.Apply(change);
    }
}
