"""How do questions of policies reach services, by ``services.yaml`` as it stands?"""
