"""How CluedIn talks: GraphQL and REST routes, status codes, error texts."""
