"""Template trees and the code that lays them into a project."""
